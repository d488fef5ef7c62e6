import { anyHostAddress, domainName, endpoint, webAddress } from './host.ts';
import { choice, wholeNumber } from './kind.ts';
import { section } from './section.ts';

const METHODS = ['tcp', 'dns', 'http', 'neighbour'] as const;

const dnsQuery = section({
  server: anyHostAddress().meta({ description: 'DNS server that is asked.', examples: ['9.9.9.9'] }),
  name: domainName().meta({ description: 'Name that it is asked for.', examples: ['example.com'] }),
  type: choice('a type of record', ['A', 'AAAA', 'MX', 'NS', 'SOA', 'TXT'])
    .default('A')
    .describe('Type of the record that it has to have of that name.'),
});

const webPage = section({
  url: webAddress().meta({
    description:
      'Page that is asked for. Its name is resolved through the uplink under test; a certificate has to be valid.',
    examples: ['https://connectivity.example.com/'],
  }),
  status: wholeNumber(100, 599)
    .optional()
    .meta({
      description:
        'HTTP status that the answer has to have; absent: any from 200 to 299. A redirection is not followed: the portal of a line that is not paid for redirects.',
      examples: [204],
    }),
});

/** A target that is asked in another way than by a ping. */
export const targetSection = section({
  tcp: endpoint()
    .optional()
    .meta({ description: 'TCP port that has to take a connection.', examples: ['192.0.2.1:443'] }),
  dns: dnsQuery.optional().describe('DNS server that has to answer a query.'),
  http: webPage.optional().describe('Web server that has to answer a request.'),
  neighbour: choice('a neighbour', ['gateway'])
    .optional()
    .describe(
      'The gateway of the uplink has to answer ARP or neighbour discovery. That it does says nothing of the internet behind it; PPP links, which have no neighbours, are tested without; another line that has no gateway fails this test.',
    ),
}).refine((methods) => METHODS.filter((method) => methods[method] !== undefined).length === 1, {
  error: `a target is exactly one of ${METHODS.join(', ')}`,
  // An unknown key is what was meant to be one.
  when: ({ issues }) => issues.length === 0,
});
