#!/usr/bin/env node
import '../dist/dserver.js'
