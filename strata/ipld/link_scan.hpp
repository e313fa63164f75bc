#pragma once
// Finds the links of a CBOR block without asking for its one strict encoding. Blocks of a chain were written by other
// programs, and walks that copy a chain must follow every link that those programs follow. Source: cbor-gen utils.go,
// ScanForLinks, which lotus chain/store/snapshot.go uses.
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata {

/// Appends the links of `block` in its order, repeats included. Takes time in proportion to the block and no stack:
/// heads are read one after the other, whatever holds them. Errors: truncated, malformed (also for a link that is not a
/// CID).
Status scan_links(BytesView block, std::vector<Cid>& links);

}  // namespace strata
