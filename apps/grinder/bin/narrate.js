#!/usr/bin/env node
import '../dist/narrate.js'
