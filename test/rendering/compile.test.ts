import { describe, expect, it } from 'vitest';
import { compileEdition } from '../../src/rendering/compile.ts';
import { createPersonaliser } from '../../src/rendering/personalise.ts';
import type { EditionContent, Recipient, TemplateSource } from '../../src/rendering/types.ts';
import { ana, article, edition, template, textTemplate } from './sample.ts';

async function mail(source: TemplateSource, content: EditionContent, recipient: Recipient = ana) {
  return createPersonaliser(await compileEdition(source, content))(recipient);
}

const one = edition([article('1')]);

describe('the two passes', () => {
  it('fill the edition once and leave what is about the subscriber', async () => {
    const compiled = await compileEdition(
      textTemplate(
        '{{newsletter.name}}, {{subscriber.email}}',
        'No. {{edition.number}} for {{subscriber.name}}',
      ),
      one,
    );
    expect(compiled.html).toContain('The Weekly, {{subscriber.email}}');
    expect(compiled.text).toBe('The Weekly, {{subscriber.email}}\n');
    expect(compiled.subject).toBe('No. 7 for {{subscriber.name}}');
  });

  it('finds the subscriber from inside loops, by name alone, by .. and by @root', async () => {
    const { text } = await mail(
      textTemplate(
        '{{#each sections}}{{subscriber.name}}/{{../subscriber.name}}/{{@root.subscriber.name}}{{/each}}',
      ),
      one,
    );
    expect(text).toBe('Ana Ruiz/Ana Ruiz/Ana Ruiz\n');
  });

  it('fills in the edition inside conditions about the subscriber, with else and else-if', async () => {
    const source = textTemplate(
      '{{#if subscriber.name}}{{newsletter.name}} greets {{subscriber.name}}{{else if subscriber.email}}mail {{edition.number}}{{else}}nobody{{/if}}{{#unless subscriber.name}}!{{/unless}}',
    );
    const compiled = await compileEdition(source, one);
    const personalise = createPersonaliser(compiled);
    const as = (name: string | null, email: string) =>
      personalise({ ...ana, subscriber: { name, email, firstName: null } }).text;
    expect(as('Ana', 'a@b.c')).toBe('The Weekly greets Ana\n');
    expect(as(null, 'a@b.c')).toBe('mail 7!\n');
    expect(as(null, '')).toBe('nobody!\n');
  });

  it('mixes values of both in one condition, whatever the edition value is made of', async () => {
    const ids = ['7', 'a"b', "c'd", 'e\\', '{{subscriber.email}}', 'ü }}'];
    const source = textTemplate(
      '{{#each related}}{{#if (includes recipient.relatedIds id)}}[{{title}}]{{/if}}{{/each}}',
    );
    const related = ids.map((id, index) => article(id, { title: `T${index}` }));
    const personalise = createPersonaliser(await compileEdition(source, edition([], related)));
    for (const [index, id] of ids.entries()) {
      expect(personalise({ ...ana, relatedIds: [id] }).text).toBe(`[T${index}]\n`);
    }
    expect(personalise({ ...ana, relatedIds: ids }).text).toBe('[T0][T1][T2][T3][T4][T5]\n');
    expect(personalise(ana).text).toBe('\n');
  });

  it('keeps conditions between the elements of MJML and between rows of a table, also where styles are inlined', async () => {
    const source: TemplateSource = {
      ...template(''),
      body: `<mjml><mj-head><mj-style inline="inline">p { margin: 0; }</mj-style></mj-head><mj-body>
        {{#if subscriber.name}}
        <mj-section><mj-column><mj-text><p>whole section</p></mj-text></mj-column></mj-section>
        {{/if}}
        <mj-section>{{#if subscriber.name}}<mj-column><mj-text><p>column</p></mj-text></mj-column>{{/if}}
        <mj-column>
          {{#if subscriber.name}}<mj-text><p>element</p></mj-text>{{/if}}
          <mj-table><tr><td>always</td></tr>{{#if subscriber.name}}<tr><td>row</td></tr>{{/if}}</mj-table>
        </mj-column></mj-section></mj-body></mjml>`,
    };
    const personalise = createPersonaliser(await compileEdition(source, one));
    const named = personalise(ana);
    const nameless = personalise({ ...ana, subscriber: { ...ana.subscriber, name: null } });
    for (const part of ['whole section', 'column', 'element', 'row']) {
      expect(named.html).toContain(`>${part}<`);
      expect(named.text).toContain(part);
      expect(nameless.html).not.toContain(`>${part}<`);
      expect(nameless.text).not.toContain(part);
    }
    expect(nameless.html).toContain('always');
    expect(named.html).toContain('<p style="margin: 0;">element</p>');
    const tags = (html: string, tag: string) => html.split(`<${tag}`).length - html.split(`</${tag}>`).length;
    for (const tag of ['table', 'tr', 'td', 'div']) expect(tags(nameless.html, tag), tag).toBe(0);
  });

  it('takes a plain text of its own when the template has one', async () => {
    const { text } = await mail(
      {
        ...textTemplate('html'),
        text: '{{newsletter.name}} & {{subscriber.name}}\n{{#if subscriber.name}}\nyes\n{{/if}}\nend',
      },
      one,
    );
    expect(text).toBe('The Weekly & Ana Ruiz\nyes\nend\n');
  });

  it.each(['newsletter.name', 'subscriber.name'])(
    'keeps empty lines beside a condition about %s',
    async (path) => {
      const text = `a\n{{#if ${path}}}\n\nb\n\n{{/if}}\nc`;
      expect((await mail({ ...textTemplate('html'), text }, one)).text).toBe('a\n\nb\n\nc\n');
    },
  );

  it('prints dates in the zone and language of the newsletter', async () => {
    const source = textTemplate(
      '{{date edition.date "full"}} {{plural 1 "day" "days"}} {{plural 2 "day" "days"}}',
    );
    expect((await mail(source, one)).text).toBe('Monday, 9 March 2026 day days\n');
    const spanish = { ...one, newsletter: { ...one.newsletter, language: 'es', timeZone: 'America/Lima' } };
    expect((await mail(source, spanish)).text).toBe('domingo, 8 de marzo de 2026 day days\n');
  });

  it('says the same in the text as in the HTML: links spelled out, no preheader, no pictures', async () => {
    const source: TemplateSource = {
      ...template(''),
      body: `<mjml><mj-head><mj-preview>preheader</mj-preview></mj-head><mj-body><mj-section><mj-column><mj-text>
        <h1>Name</h1><h2>Part</h2><a href="https://a.example/x"><img src="https://a.example/i.png" alt="picture"></a>
        <h3><a href="https://a.example/x">Head</a></h3><p>Go <a href="https://a.example/y">there</a>.</p>
        </mj-text></mj-column></mj-section></mj-body></mjml>`,
    };
    const { text } = await mail(source, one);
    const line = (dash: string) => dash.repeat(30);
    expect(text).toBe(
      `Name\n${line('=')}\n\nPart\n${line('-')}\n\nHead\nhttps://a.example/x\n\nGo there <https://a.example/y>.\n`,
    );
  });
});

describe('a broken template is told in one sentence with file and line', () => {
  const cases: [string, TemplateSource, string][] = [
    [
      'an unknown variable',
      textTemplate('\n{{newsletter.nmae}}'),
      'trial/body.mjml, line 4, column 3: "nmae" is not known here.',
    ],
    [
      'an unknown variable as an argument',
      textTemplate('{{#if edition.intr}}x{{/if}}'),
      '"intr" is not known here.',
    ],
    [
      'an unknown variable in a loop',
      textTemplate('{{#each sections}}{{numbr}}{{/each}}'),
      '"numbr" is not known here.',
    ],
    ['a name of JavaScript', textTemplate('{{newsletter.constructor}}'), '"constructor" is not known here.'],
    [
      'a helper without a value',
      textTemplate('{{#with edition}}{{number}}{{/with}}'),
      '"number" is a helper and needs a value; a field of that name is written this.number.',
    ],
    ['a prototype', textTemplate('{{newsletter.__proto__.x}}'), '"__proto__" is not known here.'],
    ['an unknown helper', textTemplate('{{shout newsletter.name}}'), 'there is no helper "shout".'],
    [
      'an unknown block',
      textTemplate('{{#shout newsletter.name}}x{{/shout}}'),
      'there is no helper "shout".',
    ],
    [
      'an unknown field of the subscriber',
      textTemplate('{{subscriber.phone}}'),
      '"subscriber.phone" is not known; about a subscriber there are subscriber.email,',
    ],
    [
      'a loop over the subscriber',
      textTemplate('{{#each recipient.relatedIds}}x{{/each}}'),
      '"each" cannot be used on what differs from subscriber to subscriber; here only if, unless can.',
    ],
    [
      'a helper that the second pass has not',
      textTemplate('{{truncate subscriber.name 3}}'),
      '"truncate" cannot be used',
    ],
    [
      'a list compared with the subscriber',
      textTemplate('{{#if (eq subscriber.name sections)}}x{{/if}}'),
      'a list or a group of values cannot be compared',
    ],
    ['unescaped output', textTemplate('{{{newsletter.name}}}'), 'line 3, column 33: write {{…}}'],
    ['a partial', textTemplate('{{> header}}'), 'partials and decorators'],
    ['a call of the internal helper', textTemplate('{{slot 0}}'), 'there is no helper "slot".'],
    [
      'a block left open',
      textTemplate('{{#if edition.intro}}'),
      'trial/body.mjml, line 6: the file ends before a block ({{#…}}) is closed.',
    ],
    [
      'a block closed by another',
      textTemplate('{{#if edition.intro}}\n{{/each}}'),
      'line 3, column 36: {{#if}} is closed by {{/each}}.',
    ],
    ['an expression cut off', textTemplate('\n\n{{newsletter.'), 'line 5: Handlebars cannot read this'],
    [
      'a wrong subject',
      textTemplate('x', '{{edition.title}}'),
      'trial/subject.txt, line 1, column 3: "title" is not known here.',
    ],
    ['an empty subject', textTemplate('x', ' \n'), 'trial/subject.txt: the subject is empty.'],
    [
      'an element that MJML has not',
      template('{{#each sections}}\n\n<mj-tetx>x</mj-tetx>{{/each}}'),
      "trial/body.mjml, line 5: <mj-tetx>: Element mj-tetx doesn't exist",
    ],
    [
      'an attribute that MJML has not, after a loop',
      template(
        '{{#each sections}}\n<mj-section>\n</mj-section>\n{{/each}}\n{{edition.intro}}\n<mj-section colour="red"></mj-section>',
      ),
      'trial/body.mjml, line 8: <mj-section>: Attribute colour is illegal',
    ],
    [
      'an element left open',
      template('<mj-section>\n<mj-column>\n</mj-section>'),
      'trial/body.mjml, line 5: </mj-section> closes <mj-column>.',
    ],
    [
      'the last element left open',
      { ...template(''), body: '<mjml>\n<mj-body>\n</mj-body>' },
      'trial/body.mjml, line 1: <mjml> is not closed.',
    ],
    [
      'an include',
      template('\n<mj-include path="/etc/passwd" />'),
      'trial/body.mjml, line 4: mj-include is not available',
    ],
    ['no MJML at all', { ...template(''), body: 'hello' }, 'trial/body.mjml: MJML cannot read this'],
    [
      'a condition cut in two by the layout',
      template(
        '<mj-section><mj-column><mj-text>{{#if subscriber.name}}x</mj-text><mj-image alt="{{/if}}" src="https://a.example/b" /></mj-column></mj-section>',
      ),
      'is cut in two by the layout',
    ],
  ];
  it.each(cases)('%s', async (_, source, sentence) => {
    const failure = compileEdition(source, one);
    await expect(failure).rejects.toMatchObject({ name: 'Problem', kind: 'bad_input' });
    await expect(failure).rejects.toThrow(sentence);
    await expect(failure).rejects.toThrow(/^Template trial\/[^\n]+$/);
  });

  it('and so is a time zone that does not exist', async () => {
    const mars = { ...one, newsletter: { ...one.newsletter, timeZone: 'Mars/X' } };
    await expect(compileEdition(textTemplate('x'), mars)).rejects.toThrow('language or time zone is wrong');
  });
});
