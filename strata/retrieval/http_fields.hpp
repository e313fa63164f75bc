#pragma once
// Reads and writes header fields: Accept, If-Range, and text inside a URL or a header.
// Source: RFC 9110 §8.8.3, §12.5.1, §13.1; RFC 3986 §2.
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace strata::retrieval {

/// One entry of an Accept header.
struct MediaRange {
    std::string type;                           // in lower case, such as "application/vnd.ipld.car"
    std::map<std::string, std::string> params;  // names in lower case; without q
    unsigned quality = 1000;                    // thousandths
};
/// Returns the entries that are acceptable at all (q > 0), the most wanted first; equally wanted ones keep their order.
/// Entries that cannot be read are skipped.
std::vector<MediaRange> parse_accept(std::string_view header);

/// Returns true if If-Range allows a range of the content that has the tag, or if the header is empty. The comparison
/// is strong, and dates never match.
bool allows_range(std::string_view if_range, std::string_view tag);

/// Percent-encodes everything but unreserved characters, '/', ':', '@' and sub-delimiters, so that any string is
/// safe in a header.
std::string percent_encoded(std::string_view text);
/// Returns the Content-Disposition of a download. Quotes, backslashes and characters other than printable ASCII become
/// '_'; if there are any, the original name is added in UTF-8 (RFC 6266, RFC 8187).
std::string attachment(std::string_view filename);

}  // namespace strata::retrieval
