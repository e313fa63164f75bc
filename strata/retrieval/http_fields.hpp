#pragma once
// Header fields that retrieval reads and writes: Accept, If-Range, and text inside a URL or a header.
// Source: RFC 9110 §8.8.3, §12.5.1, §13.1; RFC 3986 §2.
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace strata::retrieval {

/// One entry of an Accept header.
struct MediaRange {
    std::string type;                           // lower case, as "application/vnd.ipld.car"
    std::map<std::string, std::string> params;  // names in lower case; without q
    unsigned quality = 1000;                    // thousandths
};
/// The entries that are acceptable at all (q > 0), the most wanted first, in their order where they are wanted alike.
/// What cannot be read is passed over.
std::vector<MediaRange> parse_accept(std::string_view header);

/// Does If-Range allow a range of what has the tag? Strong comparison; dates never match. True without the header.
bool allows_range(std::string_view if_range, std::string_view tag);

/// Everything but unreserved characters, '/' and sub-delimiters is percent-encoded, so that any text is safe in a
/// header.
std::string percent_encoded(std::string_view text);
/// Content-Disposition of a download. Other characters than printable ASCII become '_', and the whole name is there in
/// UTF-8 too (RFC 6266, RFC 8187).
std::string attachment(std::string_view filename);

}  // namespace strata::retrieval
