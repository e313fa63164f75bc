#pragma once
// Gathers the facts of a page for ?json, as the steps of site/pages.json say. The site's plan.js does the same in the
// browser; the two must agree.
#include <strata/explorer/pages.hpp>
#include <strata/http/server.hpp>

namespace strata::explorer {

/// The most bytes of answers that one page's facts may take.
inline constexpr std::size_t kMostFacts = std::size_t{32} << 20;

/// Asks the node's own paths. Returns {"page", "arguments", "facts", "errors"}: each step of the page is in one of the
/// last two, by its name. Ends early if the client is gone, and refuses the steps after `most` bytes. The request's
/// token goes along with the steps for owners only.
Json gather(const http::Handler& inside, const http::Request& request, const Visit& visit,
            std::size_t most = kMostFacts);

}  // namespace strata::explorer
