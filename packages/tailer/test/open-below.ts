import { readdirSync, readlinkSync } from 'node:fs'

/** How many files below a folder this process has open; a watch of the folder itself does not count. */
export function openBelow(folder: string): number {
  const links = readdirSync('/proc/self/fd').map(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // closed meanwhile
    }
  })
  return links.filter(link => link.startsWith(`${folder}/`)).length
}
