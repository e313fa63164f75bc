// Finds out what a text in the search box means. Source of the forms: docs/protocol/node.md, section 1.
import {is} from './check.js';

/// Returns the path of the page for a text: the page itself where the text can mean one thing only, else the search page.
export function path_for(text) {
  const sector = /^([ft]0[0-9]+)\s*[/: ,]\s*([0-9]+)$/.exec(text);
  if (sector && is.address(sector[1]) && is.number(sector[2])) return `provider/${sector[1]}/sector/${sector[2]}`;
  const plain = text.replaceAll(/(?<=[0-9])[,_ ](?=[0-9]{3})/g, '');
  if (is.address(text)) return `address/${text}`;
  if (is.number(plain)) return `search?q=${plain}`;
  if (text.includes(',') && is.cids(text)) return `tipset/${text}`;
  return `search?q=${encodeURIComponent(text)}`;
}
