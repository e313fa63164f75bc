#pragma once
// The door through which block producers get beacon entries.
#include <strata/types/block_header.hpp>

namespace strata::chain {

class BeaconSource {
  public:
    virtual ~BeaconSource() = default;
    /// Returns the signed entry of a round. Errors: not_found if it is not out yet; io.
    virtual Result<BeaconEntry> entry(std::uint64_t round) = 0;
};

}  // namespace strata::chain
