#!/usr/bin/env node
import '../dist/console.js'
