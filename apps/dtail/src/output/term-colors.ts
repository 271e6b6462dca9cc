/** How one element is painted: escape sequences, empty for "none". */
export interface Paint {
  readonly Attr: string
  readonly Bg: string
  readonly Fg: string
}

/** Every element that has a colour, as `Client.TermColors` of dtail.json groups them. */
export interface TermColors {
  readonly Remote: Readonly<
    Record<'Delimiter' | 'Remote' | 'Count' | 'Hostname' | 'ID' | 'StatsOk' | 'StatsWarn' | 'Text', Paint>
  >
  readonly Client: Readonly<Record<'Delimiter' | 'Client' | 'Hostname' | 'Text', Paint>>
  readonly Server: Readonly<Record<'Delimiter' | 'Server' | 'Hostname' | 'Text', Paint>>
  readonly Common: Readonly<Record<'SeverityError' | 'SeverityFatal' | 'SeverityWarn', Paint>>
  readonly MaprTable: Readonly<Record<'Data' | 'Delimiter' | 'Header' | 'HeaderDelimiter' | 'RawQuery', Paint>> & {
    readonly HeaderSortKeyAttr: string
    readonly HeaderGroupKeyAttr: string
  }
}

const COLORS = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'] as const
const ATTRIBUTES: Readonly<Record<string, number>> = {
  Bold: 1,
  Dim: 2,
  Italic: 3,
  Underline: 4,
  Blink: 5,
  SlowBlink: 5,
  RapidBlink: 6,
  Reverse: 7,
  Hidden: 8,
}

/** A name of a colour in the order of the colour table; `Default` is what the terminal has. */
export type ColorName = (typeof COLORS)[number] | 'Default'

/** The names of {@link ColorName} in the order of the colour table. */
export const colorNames: readonly ColorName[] = [...COLORS, 'Default']

/** The escape sequence for text of this colour. */
export function foreground(name: ColorName): string {
  return `\u001b[${name === 'Default' ? 39 : 30 + COLORS.indexOf(name)}m`
}

/** The escape sequence for what lies behind the text. */
export function background(name: ColorName): string {
  return `\u001b[${name === 'Default' ? 49 : 40 + COLORS.indexOf(name)}m`
}

/** The escape sequence of an attribute; empty for `None`. */
export function attribute(name: string): string {
  const code = ATTRIBUTES[name]
  return code === undefined ? '' : `\u001b[${code}m`
}

/**
 * A colour as a configuration names it: a name in any case with or without its `Fg`, `Bg` or `Attr`, or the escape
 * sequence itself. Anything else is `undefined`.
 */
export function parseColor(field: 'Attr' | 'Bg' | 'Fg', text: string): string | undefined {
  if (text === '' || text.startsWith('\u001b[')) return text
  const name = text.replace(/^(fg|bg|attr)/i, '').toLowerCase()
  if (field === 'Attr') {
    if (name === 'none') return ''
    const found = Object.keys(ATTRIBUTES).find(known => known.toLowerCase() === name)
    return found && attribute(found)
  }
  const found = colorNames.find(known => known.toLowerCase() === name)
  return found && (field === 'Fg' ? foreground(found) : background(found))
}

function paint(attr: string, bg: ColorName, fg: ColorName): Paint {
  return { Attr: attribute(attr), Bg: background(bg), Fg: foreground(fg) }
}

/** The colours of the original. */
export const defaultColors: TermColors = {
  Remote: {
    Delimiter: paint('Dim', 'Blue', 'Cyan'),
    Remote: paint('Dim', 'Blue', 'White'),
    Count: paint('Dim', 'Blue', 'White'),
    Hostname: paint('Bold', 'Blue', 'White'),
    ID: paint('Dim', 'Blue', 'White'),
    StatsOk: paint('None', 'Green', 'Black'),
    StatsWarn: paint('None', 'Red', 'White'),
    Text: paint('None', 'Black', 'White'),
  },
  Client: {
    Delimiter: paint('Dim', 'Yellow', 'Black'),
    Client: paint('Dim', 'Yellow', 'Black'),
    Hostname: paint('Dim', 'Yellow', 'Black'),
    Text: paint('None', 'Black', 'White'),
  },
  Server: {
    Delimiter: paint('Dim', 'Cyan', 'Black'),
    Server: paint('Dim', 'Cyan', 'Black'),
    Hostname: paint('Bold', 'Cyan', 'Black'),
    Text: paint('None', 'Black', 'White'),
  },
  Common: {
    SeverityError: paint('Bold', 'Red', 'White'),
    SeverityFatal: paint('Bold', 'Magenta', 'White'),
    SeverityWarn: paint('Bold', 'Black', 'White'),
  },
  MaprTable: {
    Data: paint('None', 'Blue', 'White'),
    Delimiter: paint('Dim', 'Blue', 'White'),
    Header: paint('Bold', 'Blue', 'White'),
    HeaderDelimiter: paint('Dim', 'Blue', 'White'),
    RawQuery: paint('Dim', 'Black', 'Cyan'),
    HeaderSortKeyAttr: attribute('Underline'),
    HeaderGroupKeyAttr: attribute('Reverse'),
  },
}
