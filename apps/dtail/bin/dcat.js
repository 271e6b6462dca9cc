#!/usr/bin/env node
import '../dist/dcat.js'
