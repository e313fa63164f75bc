#pragma once
// Handles headers about cached copies. Source: RFC 9110 §5.6.7 (dates), §8.8 (validators), §12.5.5 (Vary), §13.1.2.
#include <chrono>

#include <strata/http/message.hpp>

namespace strata::http {

/// Returns true if If-None-Match names `etag`, which is the tag of the answer with its quotes: GET and HEAD are then
/// answered with 304. Tags are compared weakly; "*" names every tag; a header that breaks the grammar names none.
bool matches_none_match(std::string_view if_none_match, std::string_view etag);

/// Returns a date in the form "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::chrono::sys_seconds time);

/// Adds the name of a request header to Vary: a cache must not give this answer to requests that differ there.
void add_vary(Response& response, std::string_view header);

}  // namespace strata::http
