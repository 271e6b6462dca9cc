#!/usr/bin/env node
import '../dist/tailsrv.js'
