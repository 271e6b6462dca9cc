#!/usr/bin/env node
import '../dist/receiver.js'
