#pragma once
// Sectors, layers and trees are rows of 32-byte nodes.
#include <strata/base/bytes.hpp>
#include <strata/crypto/fr.hpp>

namespace strata::proofs {

using Node = Hash256;
inline constexpr std::uint64_t kNodeSize = 32;

inline std::span<const Node> nodes_of(BytesView bytes) {
    return {reinterpret_cast<const Node*>(bytes.data()), bytes.size() / kNodeSize};
}
inline std::span<Node> nodes_of(std::span<std::uint8_t> bytes) {
    return {reinterpret_cast<Node*>(bytes.data()), bytes.size() / kNodeSize};
}
inline BytesView bytes_of(std::span<const Node> nodes) {
    return {nodes.empty() ? nullptr : nodes[0].data(), nodes.size() * kNodeSize};
}
/// Clears the two top bits of a SHA-256 digest, which makes it a field element.
inline Node trimmed(Node digest) {
    digest[31] &= 0x3f;
    return digest;
}

}  // namespace strata::proofs
