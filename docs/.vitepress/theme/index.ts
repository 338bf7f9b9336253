/** The plain theme with the reader's own fonts: a page asks nobody for anything but the site itself. */
export { default } from 'vitepress/theme-without-fonts'
