#pragma once
// Encodes and decodes DAG-PB: nodes of links and a byte string, the block format of UnixFS. Source:
// ipld.io/specs/codecs/dag-pb.
#include <optional>
#include <string>
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata {

struct PbLink {
    Cid hash;
    std::optional<std::string> name;
    std::optional<std::uint64_t> tsize;  // bytes of all blocks below, as the writer claims
};

struct PbNode {
    std::optional<Bytes> data;
    std::vector<PbLink> links;
};

/// Encodes a node with its links in the given order: a writer of directories sorts them by name.
Bytes encode_dag_pb(const PbNode& node);
/// Decodes a node strictly: fields in their order, a hash in each link, no unknown fields. Errors: truncated,
/// malformed.
Result<PbNode> decode_dag_pb(BytesView block);

}  // namespace strata
