#!/usr/bin/env node
import '../dist/devcert.js'
