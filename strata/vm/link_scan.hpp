#pragma once
// The kernel's own reading of a block: which links it holds. Far more lenient than the decoder, and consensus.
// Source: fvm.md §1.4 (last paragraph), §4.6; ref-fvm fvm/src/ipld/.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

struct Scan {
    std::size_t fields = 0;
    std::size_t cids = 0;
    std::vector<Cid> links;  // those that must be reachable: no commitments, identity CIDs replaced by what they hold
};

/// Only DAG-CBOR blocks have links. Errors as the syscalls report them: serialization, illegal_cid, not_found (a codec
/// that state must not hold).
std::expected<Scan, ErrorNumber> scan_links(Codec codec, BytesView data);

}  // namespace strata::vm
