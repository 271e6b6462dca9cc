#!/usr/bin/env node
import '../dist/dmap.js'
