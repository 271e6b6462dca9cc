#!/usr/bin/env node
import '../dist/uploader.js'
