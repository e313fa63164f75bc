#pragma once
// The records by which a node knows the blocks that passed all rules: "chain/valid/HEIGHT/CID" (docs/formats/chain.md).
#include <charconv>

#include <strata/ipld/cid.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {

inline constexpr std::string_view kValidPrefix = "chain/valid/";

struct ValidMark {
    ChainEpoch height = 0;
    Cid block;
};

/// Reads the key of such a record. Errors: malformed.
inline Result<ValidMark> parse_valid_mark(std::string_view key) {
    const auto rest = key.substr(std::min(key.size(), kValidPrefix.size()));
    ValidMark out;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), out.height);
    const auto used = static_cast<std::size_t>(read.ptr - rest.data());
    if (read.ec != std::errc() || used == rest.size() || rest[used] != '/')
        return fail(Errc::malformed, "the record " + std::string(key) + " does not name the height of a block");
    STRATA_TRY(out.block, Cid::parse(rest.substr(used + 1)));
    return out;
}

}  // namespace strata::chain
