#!/usr/bin/env node
import '../dist/rrtail.js'
