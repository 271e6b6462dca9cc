#!/usr/bin/env node
import '../dist/dtail.js'
