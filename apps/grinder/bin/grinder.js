#!/usr/bin/env node
import '../dist/grinder.js'
