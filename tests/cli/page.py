#!/usr/bin/env python3
# page.py FILE - is a page what it promises?  Read by an XML parser: well formed,
# ids once each, links within it or to files beside it, tables with captions and
# scopes, nothing that is fetched or run.  Prints what is wrong; exit 1 if anything.
import os
import sys
import xml.parsers.expat

path = sys.argv[1]
ids, links, bad, tables = set(), [], [], []
labels = {'figure': 0, 'figcaption': 0}
gone = ('script', 'iframe', 'object', 'embed', 'link', 'img', 'image', 'audio', 'video',
        'form', 'base', 'foreignObject')


def begin(name, attributes):
    if name in gone:
        bad.append('an element %s' % name)
    if name in labels:
        labels[name] += 1
    if name == 'table':
        tables.append([])
    if name in ('caption', 'th') and tables:
        tables[-1].append((name, attributes.get('scope')))
    for key, value in attributes.items():
        if key == 'id' and value in ids:
            bad.append('id %s twice' % value)
        if key == 'id':
            ids.add(value)
        if key.startswith('on') or key in ('src', 'srcset', 'action', 'style'):
            bad.append('an attribute %s' % key)
        if key in ('href', 'xlink:href') or 'url(' in value:
            links.append(value[4:-1] if value.startswith('url(') else value)


parser = xml.parsers.expat.ParserCreate(namespace_separator=None)
parser.StartElementHandler = begin
text = open(path, 'rb').read()
parser.Parse(text, True)
for link in links:
    if link.startswith('#'):
        if link[1:] not in ids:
            bad.append('%s leads nowhere' % link)
    elif not os.path.exists(os.path.join(os.path.dirname(path), link)):
        bad.append('%s is not beside the page' % link)
for i, table in enumerate(tables):
    if [n for n, _ in table].count('caption') != 1:
        bad.append('table %d: no caption, or more than one' % i)
    if any(n == 'th' and s not in ('col', 'row') for n, s in table):
        bad.append('table %d: a heading without scope' % i)
if labels['figure'] != labels['figcaption'] or not tables:
    bad.append('figures without captions, or no table')
for word in (b'@import', b'url(h', b'url(/', b'<script', b'javascript:'):
    if word in text.split(b'</style>')[0].lower():
        bad.append('%s in the style' % word.decode())
print('\n'.join(bad))
sys.exit(bool(bad))
