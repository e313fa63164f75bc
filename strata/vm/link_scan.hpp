#pragma once
// Finds the links of a block as the kernel does. The scan is far more lenient than the decoder, and it is part of
// consensus. Source: docs/protocol/fvm.md §1.4 (last paragraph), §4.6; ref-fvm fvm/src/ipld/.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

struct Scan {
    std::size_t fields = 0;
    std::size_t cids = 0;
    /// The links that must be reachable: commitments are left out, and an identity CID is replaced with the links in
    /// its content.
    std::vector<Cid> links;
    /// Set if the scan stopped: serialization, or not_found for a link with a codec or hash that is not allowed in
    /// state. `fields` and `cids` count the items read up to there, which are charged.
    std::optional<ErrorNumber> failure;
};

/// Finds the links of a block; only DAG-CBOR blocks have any.
Scan scan_links(Codec codec, BytesView data);

}  // namespace strata::vm
