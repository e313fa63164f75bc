#include <strata/proofs/circuit/update_circuit.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

/// Allocates the `count` low bits of x, which must be below 2^count, with the row (Σ 2^i·bit)·(1) = (x). Unlike
/// the row of to_bits(), this one has the sum on the left side.
template <class Cs>
Bits decompose(Cs& cs, Variable x, unsigned count) {
    Hash256 value{};  // NOLINT(misc-const-correctness): it is set when there are no rows
    if constexpr (!Cs::kHasRows) value = cs.value(x).to_bytes();
    Bits bits(count);
    for (unsigned i = 0; i < count; ++i) bits[i] = alloc_bit(cs, bit_of(value, i));
    enforce_packed(cs, bits, x);
    return bits;
}

/// Proves comm_r = H(comm_c, root).
template <class Cs>
void enforce_commitment(Cs& cs, Variable comm_c, Variable root, Variable comm_r) {
    enforce_equal(cs, poseidon(cs, merkle_poseidon(2), std::array{comm_c, root}), comm_r);
}

/// Proves that the partition's apex leaves hash up to CommD.
template <class Cs>
void enforce_apex(Cs& cs, Numbers row, BitsView partition, std::span<const Variable> siblings, Variable comm_d) {
    while (row.size() > 1) {
        for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = sha256_node(cs, row[2 * i], row[2 * i + 1]);
        row.resize(row.size() / 2);
    }
    const auto shape = PathShape::binary_sha256(static_cast<unsigned>(partition.size()));
    enforce_membership_at(cs, shape, row[0], partition, siblings, comm_d);
}

/// Allocates the random bits of all challenges, without the partition bits above them. Digest i of the partition is
/// H'(comm_r_new, partition·digests + i), cut into parts of `width` bits. H' is the hash of update_poseidon().
template <class Cs>
std::vector<Bits> challenge_bits(Cs& cs, const UpdateShape& shape, Variable comm_r_new, Variable partition) {
    const unsigned width = shape.log2_nodes - shape.log2_partitions;
    const std::size_t per_digest = kPackedBits / width;
    const std::size_t digests = (shape.challenges + per_digest - 1) / per_digest;
    std::vector<Bits> out;
    for (std::size_t i = 0; i < digests; ++i) {
        const Fr count = Fr::from_u64(digests);
        const Fr offset = Fr::from_u64(i);
        const auto index = cs.alloc([&] { return cs.value(partition) * count + offset; });
        if constexpr (Cs::kHasRows) {
            const auto plus = cs.coefficients().id_of(offset);
            const auto times = cs.coefficients().id_of(count);
            // A row has no terms of coefficient zero.
            if (i == 0) {
                cs.enforce({{partition, times}}, {{kOne}}, {{index}});
            } else {
                cs.enforce({{partition, times}, {kOne, plus}}, {{kOne}}, {{index}});
            }
        }
        const auto digest = poseidon(cs, update_poseidon(), std::array{comm_r_new, index});
        const auto bits = decompose(cs, digest, kFieldBits);
        for (std::size_t j = 0; j < per_digest && out.size() < shape.challenges; ++j) {
            const auto part = BitsView(bits).subspan(j * width, width);
            out.emplace_back(part.begin(), part.end());
        }
    }
    return out;
}

/// Returns the top h bits of the challenge as a number, where h is the selected one: each of the six candidates is
/// multiplied by its selection bit, and the products are summed.
template <class Cs>
Variable selected_high_bits(Cs& cs, const UpdateShape& shape, BitsView challenge, BitsView h_select) {
    std::array<Variable, 6> chosen;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto high = pack(cs, challenge.last(shape.high_bits[i]));
        chosen[i] = multiply(cs, high, h_select[i].variable);
    }
    const auto sum = cs.alloc([&] {
        Fr total;
        for (const auto x : chosen) total += cs.value(x);
        return total;
    });
    cs.enforce({{chosen[0]}, {chosen[1]}, {chosen[2]}, {chosen[3]}, {chosen[4]}, {chosen[5]}}, {{kOne}}, {{sum}});
    return sum;
}

template <class Cs>
void enforce_replica_path(Cs& cs, const PathShape& tree, Variable leaf, BitsView index, std::span<const Fr> values,
                          Variable root) {
    const auto siblings = alloc_numbers(cs, values, 0, tree.siblings());
    enforce_membership_at(cs, tree, leaf, index, siblings, root);
}

}  // namespace

template <class Cs>
void update_challenge(Cs& cs, const UpdateShape& shape, const UpdateHead& head, std::size_t i,
                      const UpdateChallengeValues& values) {
    Bits index = head.challenges[i];
    // The number of rows from a leaf up to its apex leaf.
    const std::size_t apex_height = index.size() - shape.log2_apex_leaves;
    index.insert(index.end(), head.partition.begin(), head.partition.end());
    // new = old + data·rho, where rho = H'(phi, high bits of the index).
    const auto high = selected_high_bits(cs, shape, index, head.h_select);
    const auto rho = poseidon(cs, update_poseidon(), std::array{head.phi, high});

    const auto old_leaf = cs.alloc([&] { return values.old_leaf; });
    const auto data_leaf = cs.alloc([&] { return values.data_leaf; });
    const auto new_leaf = add(cs, old_leaf, multiply(cs, data_leaf, rho));
    enforce_replica_path(cs, shape.replica_tree, old_leaf, index, values.old_siblings, head.root_r_old);
    enforce_replica_path(cs, shape.replica_tree, new_leaf, index, values.new_siblings, head.root_r_new);

    // The data path has two parts. The challenge's low bits lead from the leaf to an apex leaf, which the next bits
    // select; the head proves once that all apex leaves of the partition hash up to CommD.
    const auto below = BitsView(index).first(apex_height);
    const auto apex = select(cs, head.apex_leaves, BitsView(index).subspan(apex_height, shape.log2_apex_leaves));
    const auto siblings = alloc_numbers(cs, values.data_siblings, 0, apex_height);
    const auto tree = PathShape::binary_sha256(static_cast<unsigned>(apex_height));
    enforce_membership_at(cs, tree, data_leaf, below, siblings, apex);
}

// The order of allocations and rows is the reference's (docs/protocol/proofs.md §16).
template <class Cs>
UpdateHead update_head(Cs& cs, const UpdateShape& shape, const UpdateValues& values) {
    const auto selection =
        cs.alloc([&] { return Fr::from_u64(values.partition | values.h_select << shape.log2_partitions); });
    inputize(cs, selection);
    // The partition's number is in the low bits, and the six bits of h_select are above it.
    const auto bits = decompose(cs, selection, shape.log2_partitions + 6);
    UpdateHead head;
    head.partition.assign(bits.begin(), bits.begin() + shape.log2_partitions);
    head.h_select.assign(bits.begin() + shape.log2_partitions, bits.end());
    const auto partition = pack(cs, head.partition);

    const auto comm_r_old = cs.alloc([&] { return values.comm_r_old; });
    inputize(cs, comm_r_old);
    const auto comm_d_new = cs.alloc([&] { return values.comm_d_new; });
    inputize(cs, comm_d_new);
    const auto comm_r_new = cs.alloc([&] { return values.comm_r_new; });
    inputize(cs, comm_r_new);
    head.phi = poseidon(cs, update_poseidon(), std::array{comm_d_new, comm_r_old});

    const auto comm_c = cs.alloc([&] { return values.comm_c; });
    head.root_r_old = cs.alloc([&] { return values.root_r_old; });
    head.root_r_new = cs.alloc([&] { return values.root_r_new; });
    head.apex_leaves = alloc_numbers(cs, values.apex_leaves, 0, std::size_t{1} << shape.log2_apex_leaves);
    const auto partition_siblings = alloc_numbers(cs, values.partition_siblings, 0, shape.log2_partitions);
    enforce_commitment(cs, comm_c, head.root_r_old, comm_r_old);
    enforce_commitment(cs, comm_c, head.root_r_new, comm_r_new);
    enforce_apex(cs, head.apex_leaves, head.partition, partition_siblings, comm_d_new);

    head.challenges = challenge_bits(cs, shape, comm_r_new, partition);
    return head;
}

template UpdateHead update_head(ShapeSystem&, const UpdateShape&, const UpdateValues&);
template UpdateHead update_head(WitnessSystem&, const UpdateShape&, const UpdateValues&);
template void update_challenge(ShapeSystem&, const UpdateShape&, const UpdateHead&, std::size_t,
                               const UpdateChallengeValues&);
template void update_challenge(WitnessSystem&, const UpdateShape&, const UpdateHead&, std::size_t,
                               const UpdateChallengeValues&);

}  // namespace strata::proofs
