/* global document, window, EventSource, requestAnimationFrame */
'use strict'
;(() => {
  const MAX_ROWS = 500
  const MAX_EVENTS = 100
  const LAG_SAMPLES = 1000
  const COUNTERS_SHOWN = 6
  const element = id => document.getElementById(id)

  // ---- text that somebody else wrote -------------------------------------------------------------------------------

  // C0 but tab, DEL, C1, and the marks that hide or turn text around.
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
  const spell = character => {
    const code = character.charCodeAt(0)
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  }

  /** Appends `text` to `parent`: control characters spelled out and marked, everything as text, never as markup. */
  function appendText(parent, text) {
    let from = 0
    for (const match of text.matchAll(CONTROL)) {
      if (match.index > from) parent.append(text.slice(from, match.index))
      parent.append(make('span', 'control', spell(match[0])))
      from = match.index + match[0].length
    }
    parent.append(text.slice(from))
  }

  function make(name, className, text) {
    const node = document.createElement(name)
    if (className) node.className = className
    if (text !== undefined) node.textContent = text
    return node
  }

  const plain = text => String(text).replace(CONTROL, spell)

  // ---- numbers and times -------------------------------------------------------------------------------------------

  const two = value => String(value).padStart(2, '0')
  const number = value => Number(value.toFixed(Math.abs(value) < 100 ? 1 : 0)).toLocaleString('en')

  function clockTime(ms) {
    const date = new Date(ms)
    const millis = String(date.getMilliseconds()).padStart(3, '0')
    return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`
  }

  function ago(ms) {
    const seconds = Math.max(0, Math.round((Date.now() - ms) / 1000))
    if (seconds < 60) return `${seconds} s`
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
    return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`
  }

  function milliseconds(ms) {
    if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
    return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
  }

  // ---- sparklines --------------------------------------------------------------------------------------------------

  const SVG = 'http://www.w3.org/2000/svg'

  function drawSpark(svg, values, label) {
    const peak = Math.max(...values, 1e-9)
    const x = index => ((index / Math.max(1, values.length - 1)) * 240).toFixed(1)
    const y = value => (46 - (value / peak) * 43).toFixed(1)
    const line = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join('')
    const path = (className, d) => {
      const node = document.createElementNS(SVG, 'path')
      node.setAttribute('class', className)
      node.setAttribute('d', d)
      return node
    }
    svg.replaceChildren(path('base', 'M0 46.5H240'), path('area', `${line}L240 46L0 46Z`), path('line', line))
    svg.setAttribute('aria-label', label)
  }

  function showRates(name, values) {
    const now = values.at(-1) ?? 0
    const peak = Math.max(0, ...values)
    element(`${name}-now`).textContent = number(now)
    element(`${name}-peak`).textContent = `peak ${number(peak)}`
    drawSpark(element(`${name}-spark`), values, `${name} per second over two minutes, now ${now}, peak ${peak}`)
  }

  let lags = []
  const lagHistory = new Array(120).fill(0)

  function noteLags(items) {
    for (const { receivedAtMs, groundAtMs } of items)
      if (receivedAtMs > 0 && groundAtMs >= receivedAtMs) lags.push(groundAtMs - receivedAtMs)
    if (lags.length > LAG_SAMPLES) lags = lags.slice(-LAG_SAMPLES)
  }

  function showLag() {
    const sorted = lags.sort((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)]
    lagHistory.push(median ?? lagHistory.at(-1))
    lagHistory.shift()
    if (median !== undefined) {
      element('lag-now').textContent = milliseconds(median)
      element('lag-peak').textContent = `99% within ${milliseconds(sorted[Math.floor(sorted.length * 0.99)])}`
    }
    const label = `median delay from received to ground over two minutes, now ${milliseconds(lagHistory.at(-1))}`
    drawSpark(element('lag-spark'), lagHistory, label)
    lags = []
  }

  // ---- health of the programs --------------------------------------------------------------------------------------

  const WORDS = { waiting: 'asking', up: 'up', troubled: 'in trouble', down: 'down' }
  const opened = new Set()

  function showTargets(targets) {
    element('pipeline').hidden = targets.length === 0
    const inTable = element('targets')
    // The focus must survive the redraw, or nobody can use the page with a keyboard.
    const focused = inTable.contains(document.activeElement) ? document.activeElement.dataset.target : undefined
    inTable.replaceChildren(...targets.map(targetRow))
    if (focused !== undefined)
      [...inTable.querySelectorAll('summary')].find(summary => summary.dataset.target === focused)?.focus()
  }

  function targetRow(target) {
    const row = document.createElement('tr')
    const name = make('th', '', plain(target.name))
    name.scope = 'row'
    name.title = plain(target.url)
    const state = make('span', 'state', WORDS[target.state] ?? plain(target.state))
    state.dataset.state = target.state
    const since = make('td', '', ago(target.sinceMs))
    since.title = new Date(target.sinceMs).toLocaleString()
    const latency = make('td', 'right', target.latencyMs === undefined ? '–' : milliseconds(target.latencyMs))
    const facts = document.createElement('td')
    if (target.problem !== undefined) facts.append(make('div', 'problem', plain(target.problem)))
    facts.append(...counterNodes(target))
    const stateCell = document.createElement('td')
    stateCell.append(state)
    row.append(name, stateCell, since, latency, facts)
    return row
  }

  function counterNodes({ name, counters }) {
    const nodes = counters.map(counter => {
      const node = make('span', '', `${plain(counter.name)} `)
      node.append(make('b', '', number(counter.value)))
      if (counter.perSecond > 0.05) node.append(make('span', 'rate', ` +${number(counter.perSecond)}/s`))
      return node
    })
    const first = make('div', 'counters')
    first.append(...nodes.slice(0, COUNTERS_SHOWN))
    if (nodes.length <= COUNTERS_SHOWN) return [first]
    const details = document.createElement('details')
    details.open = opened.has(name)
    details.addEventListener('toggle', () => (details.open ? opened.add(name) : opened.delete(name)))
    const summary = make('summary', 'counters', `${nodes.length - COUNTERS_SHOWN} more`)
    summary.dataset.target = name
    const rest = make('div', 'counters')
    rest.append(...nodes.slice(COUNTERS_SHOWN))
    details.append(summary, rest)
    return [first, details]
  }

  // ---- live lines --------------------------------------------------------------------------------------------------

  const log = element('lines')
  let waiting = []
  let paused = false
  let drawing = false
  let notShown = 0
  let eventsNotShown = 0
  let words = []

  /** Lines wait for the next frame, or for the end of the pause; what is too much is left out and counted. */
  function addLines(lines) {
    waiting.push(...lines)
    if (waiting.length > MAX_ROWS) {
      notShown += waiting.length - MAX_ROWS
      waiting = waiting.slice(-MAX_ROWS)
    }
    drawSoon()
  }

  function drawSoon() {
    if (drawing) return
    drawing = true
    requestAnimationFrame(() => {
      drawing = false
      if (!paused) drawLines()
      showFoot()
    })
  }

  function drawLines() {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30
    const lines = waiting
    waiting = []
    if (lines.length === 0) return
    element('no-lines').hidden = true
    log.append(...lines.map(lineRow))
    let rows = log.querySelectorAll('.row')
    // While somebody reads further up, rows above are kept a while, so that the text stays where it is.
    const keep = atEnd ? MAX_ROWS : MAX_ROWS * 2
    for (let i = 0; i < rows.length - keep; i++) rows[i].remove()
    if (atEnd) log.scrollTop = log.scrollHeight
    element('newest').hidden = atEnd
  }

  function lineRow(line) {
    const row = make('div', `row ${severityOf(line.text)}`)
    const time = make('time', '', clockTime(line.timeMs || line.receivedAtMs))
    const from = make('span', 'from', plain(`${line.device} ${baseName(line.path)}`))
    from.title = plain(`${line.device} ${line.path}`)
    from.style.color = `oklch(var(--from-light, 0.6) 0.11 ${hueOf(line.path)})`
    const text = make('span', 'text')
    appendText(text, line.text)
    if (line.cutBytes > 0) text.append(make('span', 'control', `… ${number(line.cutBytes)} bytes more`))
    text.title = plain(line.text)
    row.append(time, from, text)
    row.searchText = `${line.device} ${line.path} ${line.text}`.toLowerCase()
    row.hidden = !matches(row.searchText)
    return row
  }

  const baseName = path => path.slice(path.lastIndexOf('/') + 1)

  function hueOf(text) {
    let hash = 7
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) >>> 0
    return (hash * 47) % 360
  }

  /** Only for the eye: the rules of the grinder decide what an event is. */
  function severityOf(text) {
    if (/\b(ERROR|FATAL|CRIT|PANIC)\b|" 5\d\d |segfault|Out of memory/.test(text)) return 'bad'
    return /\bWARN(ING)?\b|Failed password|FAILURE/.test(text) ? 'warn' : ''
  }

  const matches = text => words.every(({ word, without }) => text.includes(word) !== without)

  function filterRows() {
    words = element('filter')
      .value.toLowerCase()
      .split(/\s+/)
      .map(word => ({ word: word.replace(/^-/, ''), without: word.startsWith('-') }))
      .filter(({ word }) => word !== '')
    for (const row of log.querySelectorAll('.row')) row.hidden = !matches(row.searchText)
    log.scrollTop = log.scrollHeight
    showFoot()
  }

  function showFoot() {
    const rows = log.querySelectorAll('.row')
    const hidden = log.querySelectorAll('.row[hidden]').length
    const held = paused && waiting.length > 0 ? `, ${number(waiting.length)} waiting` : ''
    const count = words.length > 0 ? `${number(rows.length - hidden)} of ${number(rows.length)} lines match` : ''
    const text = (count || `${number(rows.length)} lines`) + held
    if (element('matching').textContent !== text) element('matching').textContent = text
    showNotShown(element('not-shown'), notShown, 'lines')
    showNotShown(element('events-not-shown'), eventsNotShown, 'events')
  }

  function showNotShown(node, count, what) {
    node.textContent = count === 0 ? '' : `${number(count)} ${what} not shown`
    node.className = count === 0 ? '' : 'lost'
    node.title = 'This is a sample: more came than a person can read. The store has every line.'
  }

  function setPaused(value) {
    paused = value
    element('pause').setAttribute('aria-pressed', String(paused))
    element('pause-text').textContent = paused ? 'Go on' : 'Pause'
    drawSoon()
  }

  // ---- events ------------------------------------------------------------------------------------------------------

  function addEvents(events) {
    const list = element('events')
    element('no-events').hidden = true
    list.prepend(...events.slice(-MAX_EVENTS).reverse().map(eventRow))
    eventsNotShown += Math.max(0, events.length - MAX_EVENTS)
    const rows = list.querySelectorAll('.event')
    for (let i = MAX_EVENTS; i < rows.length; i++) rows[i].remove()
    drawSoon()
  }

  function eventRow(event) {
    const row = make('li', 'event')
    const head = make('div', 'head')
    const bad = /error|fail|gap|memory|segfault|oom|5xx/.test(event.name)
    const lag = event.groundAtMs - event.receivedAtMs
    const time = make('time', '', clockTime(event.timeMs || event.receivedAtMs))
    time.title = Number.isFinite(lag) ? `ground ${milliseconds(Math.max(0, lag))} after it was received` : ''
    head.append(make('span', bad ? 'name bad' : 'name', plain(event.name)), make('span', '', plain(event.device)), time)
    const facts = make('div', 'facts')
    for (const [key, value] of Object.entries({ ...event.labels, ...event.values })) {
      facts.append(`${plain(key)} `, make('b', '', plain(value)), '  ')
    }
    row.append(head, facts)
    return row
  }

  // ---- the stream --------------------------------------------------------------------------------------------------

  let heard = false
  let grinder = { connected: false }

  function showConnection() {
    const node = element('connection')
    const [state, text] = !heard
      ? ['down', 'console does not answer, trying again']
      : grinder.connected
        ? ['up', 'live']
        : grinder.url === undefined
          ? ['waiting', 'no grinder given, health only']
          : ['troubled', `grinder not reachable: ${plain(grinder.reason ?? 'connecting')}`]
    node.dataset.state = state
    if (node.textContent !== text) node.textContent = text
  }

  const listeners = {
    lines: ({ lines, notShown: more = 0 }) => {
      notShown += more
      noteLags(lines)
      addLines(lines)
    },
    events: ({ events, notShown: more = 0 }) => {
      eventsNotShown += more
      addEvents(events)
    },
    missed: ({ items }) => {
      notShown += items
      drawSoon()
    },
    rates: ({ lines, events }) => {
      showRates('lines', lines)
      showRates('events', events)
      showLag()
    },
    health: ({ targets }) => showTargets(targets),
    grinder: state => {
      grinder = state
      showConnection()
    },
  }

  const stream = new EventSource('live')
  stream.onopen = () => {
    heard = true
    showConnection()
  }
  stream.onerror = () => {
    heard = false
    showConnection()
  }
  for (const [name, listener] of Object.entries(listeners))
    stream.addEventListener(name, message => listener(JSON.parse(message.data)))

  element('filter').addEventListener('input', filterRows)
  element('pause').addEventListener('click', () => setPaused(!paused))
  const toggleWrap = () => {
    const wrapped = log.classList.toggle('wrapped')
    element('wrap').setAttribute('aria-pressed', String(wrapped))
  }
  element('wrap').addEventListener('click', toggleWrap)
  element('clear').addEventListener('click', () => {
    for (const row of log.querySelectorAll('.row')) row.remove()
    waiting = []
    notShown = 0
    eventsNotShown = 0
    showFoot()
  })
  const toNewest = () => {
    log.scrollTop = log.scrollHeight
    element('newest').hidden = true
  }
  element('newest').addEventListener('click', toNewest)
  log.addEventListener('scroll', () => {
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 30) element('newest').hidden = true
  })
  window.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target === element('filter')) {
      if (event.key === 'Escape') {
        element('filter').value = ''
        filterRows()
        log.focus()
      }
    } else if (event.key === '/') {
      event.preventDefault()
      element('filter').focus()
    } else if (event.key === 'p') setPaused(!paused)
    else if (event.key === 'w') toggleWrap()
  })
})()
