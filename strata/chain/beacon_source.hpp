#pragma once
// Where block producers get beacon entries from.
#include <strata/types/block_header.hpp>

namespace strata::chain {

class BeaconSource {
  public:
    virtual ~BeaconSource() = default;
    /// Returns the signed round. Errors: not_found if it is not out yet; io.
    virtual Result<BeaconEntry> entry(std::uint64_t round) = 0;
};

}  // namespace strata::chain
