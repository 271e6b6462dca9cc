#!/usr/bin/env node
import '../dist/dtailhealth.js'
