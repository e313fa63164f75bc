#pragma once
// Membership of a leaf in a Merkle tree as rows ("por", docs/protocol/proofs.md §10).
#include <strata/proofs/circuit/insertion.hpp>
#include <strata/proofs/circuit/poseidon.hpp>
#include <strata/proofs/circuit/sha256.hpp>
#include <strata/proofs/merkle/path.hpp>

namespace strata::proofs {

/// Returns the bits of an element as a SHA-256 message.
template <class Cs>
Bits message_bits(Cs& cs, Variable x) {
    return reversed_in_bytes(to_bits(cs, x));
}

/// Cuts a digest to 254 bits and makes a number of it.
template <class Cs>
Variable digest_number(Cs& cs, Bits digest) {
    const auto bits = reversed_in_bytes(std::move(digest));
    return pack(cs, BitsView(bits).first(kPackedBits));
}

template <class Cs>
Variable sha256_node(Cs& cs, Variable left, Variable right) {
    auto message = message_bits(cs, left);
    const auto second = message_bits(cs, right);
    message.insert(message.end(), second.begin(), second.end());
    return digest_number(cs, sha256(cs, BitsView(message)));
}

template <class Cs>
Variable tree_node(Cs& cs, PathShape::Hash hash, std::span<const Variable> children) {
    if (hash == PathShape::Hash::sha256) return sha256_node(cs, children[0], children[1]);
    return poseidon(cs, merkle_poseidon(static_cast<unsigned>(children.size())), children);
}

template <class Cs>
Numbers alloc_numbers(Cs& cs, std::span<const crypto::Fr> values, std::size_t first, std::size_t count) {
    Numbers out(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = cs.alloc([&] { return values[first + i]; });
    return out;
}

/// Proves that the leaf is below `root`. It allocates the bits of the index and makes the index one public input.
template <class Cs>
void enforce_membership(Cs& cs, const PathShape& shape, Variable leaf, const PathValues& path, Variable root) {
    Bits index;
    std::size_t sibling = 0;
    auto node = leaf;
    for (const unsigned arity : shape.arities) {
        const auto position = alloc_bits(cs, path.index >> index.size(), log2_of(arity));
        const auto siblings = alloc_numbers(cs, path.siblings, sibling, arity - 1);
        sibling += arity - 1;
        node = tree_node(cs, shape.hash, insert(cs, node, position, siblings));
        index.insert(index.end(), position.begin(), position.end());
    }
    pack_into_inputs(cs, index);
    enforce_equal(cs, node, root);
}

/// Proves the same with index bits and siblings that are variables already.
template <class Cs>
void enforce_membership_at(Cs& cs, const PathShape& shape, Variable leaf, BitsView index,
                           std::span<const Variable> siblings, Variable root) {
    auto node = leaf;
    for (const unsigned arity : shape.arities) {
        node = tree_node(cs, shape.hash, insert(cs, node, index.first(log2_of(arity)), siblings.first(arity - 1)));
        index = index.subspan(log2_of(arity));
        siblings = siblings.subspan(arity - 1);
    }
    enforce_equal(cs, node, root);
}

}  // namespace strata::proofs
