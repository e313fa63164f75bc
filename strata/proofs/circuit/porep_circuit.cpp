#include <strata/proofs/circuit/porep_circuit.hpp>

namespace strata::proofs {
namespace {

constexpr std::size_t kMessageParents = 37;  // docs/protocol/proofs.md §5

template <class Cs>
Variable hash_column(Cs& cs, std::span<const Variable> rows) {
    return poseidon(cs, merkle_poseidon(static_cast<unsigned>(rows.size())), rows);
}

/// Allocates the labels of a parent's column, proves that the column is in TreeC, and returns the labels.
template <class Cs>
Numbers parent_column(Cs& cs, const PorepShape& shape, const PorepHead& head, const ColumnValues& values) {
    auto rows = alloc_numbers(cs, values.rows, 0, shape.layers);
    const auto hash = hash_column(cs, rows);
    enforce_membership(cs, shape.replica_tree, hash, values.path, head.comm_c);
    return rows;
}

void append_big_endian(Bits& message, std::uint32_t value) {
    for (int i = 31; i >= 0; --i) message.push_back(Boolean::constant((value >> i & 1) != 0));
}

/// Computes the label of the challenged node in `layer` (from 1), by SHA-256 as in docs/protocol/proofs.md §5.
template <class Cs>
Variable label(Cs& cs, const PorepHead& head, std::size_t layer, BitsView challenge, std::span<const Bits> parents) {
    Bits message = head.replica_id;
    append_big_endian(message, static_cast<std::uint32_t>(layer));
    message.insert(message.end(), challenge.rbegin(), challenge.rend());
    message.resize(512, Boolean::constant(false));  // the head fills a block of SHA-256
    for (std::size_t i = 0; i < kMessageParents; ++i) {
        const auto& parent = parents[i % parents.size()];
        message.insert(message.end(), parent.begin(), parent.end());
    }
    return digest_number(cs, sha256(cs, BitsView(message)));
}

/// Returns the message bits of the parents of one layer: DRG parents in the layer itself, expander parents in the layer
/// below.
template <class Cs>
std::vector<Bits> layer_parents(Cs& cs, std::size_t layer, std::span<const Numbers> drg,
                                std::span<const Numbers> expander) {
    std::vector<Bits> parents;
    for (const auto& column : drg) parents.push_back(message_bits(cs, column[layer - 1]));
    if (layer > 1)
        for (const auto& column : expander) parents.push_back(message_bits(cs, column[layer - 2]));
    return parents;
}

}  // namespace

// Each allocation and each row is where the reference has it (docs/protocol/proofs.md §11): the index of a variable is
// part of the statement that mainnet's keys were made for.
template <class Cs>
PorepHead porep_head(Cs& cs, const PorepPublicValues& values) {
    PorepHead head;
    const auto replica_id = cs.alloc([&] { return values.replica_id; });
    inputize(cs, replica_id);
    head.replica_id = message_bits(cs, replica_id);
    head.comm_d = cs.alloc([&] { return values.comm_d; });
    inputize(cs, head.comm_d);
    const auto comm_r = cs.alloc([&] { return values.comm_r; });
    inputize(cs, comm_r);
    head.comm_r_last = cs.alloc([&] { return values.comm_r_last; });
    head.comm_c = cs.alloc([&] { return values.comm_c; });
    enforce_equal(cs, comm_r, poseidon(cs, merkle_poseidon(2), std::array{head.comm_c, head.comm_r_last}));
    return head;
}

/// Proves for one challenged node that its data is in TreeD, that its labels were computed from its parents' columns,
/// all of them in TreeC, and that label + data is the leaf of the replica.
template <class Cs>
void porep_challenge(Cs& cs, const PorepShape& shape, const PorepHead& head, const PorepChallengeValues& values) {
    const auto data = cs.alloc([&] { return values.data_leaf; });
    enforce_membership(cs, shape.data_tree, data, values.data_path, head.comm_d);

    std::vector<Numbers> drg, expander;
    for (const auto& parent : values.drg_parents) drg.push_back(parent_column(cs, shape, head, parent));
    for (const auto& parent : values.expander_parents) expander.push_back(parent_column(cs, shape, head, parent));

    // The challenge enters the labels as 64 bits. No row ties these bits to the path indices: the verifier derives all
    // of these inputs from the challenge itself.
    const auto challenge = alloc_bits(cs, values.challenge, 64);
    pack_into_inputs(cs, challenge);
    Numbers labels;
    for (std::size_t layer = 1; layer <= shape.layers; ++layer)
        labels.push_back(label(cs, head, layer, challenge, layer_parents(cs, layer, drg, expander)));

    const auto replica = add(cs, labels.back(), data);
    enforce_membership(cs, shape.replica_tree, replica, values.replica_path, head.comm_r_last);
    enforce_membership(cs, shape.replica_tree, hash_column(cs, labels), values.column_path, head.comm_c);
}

template PorepHead porep_head(ShapeSystem&, const PorepPublicValues&);
template PorepHead porep_head(WitnessSystem&, const PorepPublicValues&);
template void porep_challenge(ShapeSystem&, const PorepShape&, const PorepHead&, const PorepChallengeValues&);
template void porep_challenge(WitnessSystem&, const PorepShape&, const PorepHead&, const PorepChallengeValues&);

}  // namespace strata::proofs
