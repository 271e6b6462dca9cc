#!/usr/bin/env node
import '../dist/logos.js'
