#pragma once
// The pages of the explorer, read from site/pages.json, and the checks of the texts in their addresses. The site's
// plan.js and check.js do the same in the browser.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/base/bytes.hpp>

namespace strata::explorer {

using Json = nlohmann::json;

/// Returns a text as the node's API takes it if it is of the kind: "number" (at most 2^53 - 1), "cid", "cids" (parted
/// by commas), "address" (f… or t…), "eth" (0x and 40 digits), "hash" (0x and 64 digits). Only the form is checked.
std::optional<Json> checked(std::string_view kind, std::string_view text);

/// Returns the kind of a text in the search box; "text" for any that is none of checked().
std::string_view kind_of(std::string_view text);

/// A page with the values of its address.
struct Visit {
    const Json* page = nullptr;  // its entry of pages.json
    Json arguments;              // by name
};

class Pages {
  public:
    explicit Pages(BytesView json);
    /// Finds the page for a path below /explorer/, with or without a slash at its end. Values of the query that are
    /// missing or not of their kind are replaced by the page's own.
    std::optional<Visit> find(std::string_view path, const std::map<std::string, std::string>& query) const;

  private:
    Json pages_;
};

}  // namespace strata::explorer
