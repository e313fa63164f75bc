#pragma once
// Amounts of FIL as a person must see them before paying: to the last attoFIL.
#include <strata/chain/audit.hpp>

namespace strata::client {

/// Returns an amount as "1.25 FIL", exact.
inline std::string exact_fil(const TokenAmount& atto) {
    constexpr unsigned kDecimals = 18;
    return chain::fil_text(atto, kDecimals);
}

}  // namespace strata::client
