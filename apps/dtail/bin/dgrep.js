#!/usr/bin/env node
import '../dist/dgrep.js'
