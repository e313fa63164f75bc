#include <strata/proofs/circuit/witness.hpp>

#include <strata/base/thread_pool.hpp>
#include <strata/proofs/circuit/circuits.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

/// Gadgets read lists of values without looking at their lengths, so all lengths are checked beforehand.
Status expect_count(std::size_t got, std::size_t wanted, std::string_view what) {
    if (got == wanted) return {};
    return fail(Errc::invalid_argument, "the values hold " + std::to_string(got) + " " + std::string(what) +
                                            ", expected " + std::to_string(wanted));
}

Status check_path(const PathShape& shape, const PathValues& path) {
    return expect_count(path.siblings.size(), shape.siblings(), "siblings");
}

Status check_column(const PorepShape& shape, const ColumnValues& column) {
    STRATA_OK(expect_count(column.rows.size(), shape.layers, "labels of a column"));
    return check_path(shape.replica_tree, column.path);
}

Status check_challenge(const PorepShape& shape, const PorepChallengeValues& values) {
    STRATA_OK(check_path(shape.data_tree, values.data_path));
    STRATA_OK(check_path(shape.replica_tree, values.replica_path));
    STRATA_OK(check_path(shape.replica_tree, values.column_path));
    for (const auto& parent : values.drg_parents) STRATA_OK(check_column(shape, parent));
    for (const auto& parent : values.expander_parents) STRATA_OK(check_column(shape, parent));
    return {};
}

Status check_sector(const PostShape& shape, const PostSectorValues& values) {
    STRATA_OK(expect_count(values.leaves.size(), shape.challenges, "leaves of a sector"));
    STRATA_OK(expect_count(values.paths.size(), shape.challenges, "paths of a sector"));
    for (const auto& path : values.paths) STRATA_OK(check_path(shape.tree, path));
    return {};
}

Status check_update(const UpdateShape& shape, const UpdateValues& values) {
    STRATA_OK(expect_count(values.apex_leaves.size(), std::size_t{1} << shape.log2_apex_leaves, "apex leaves"));
    STRATA_OK(expect_count(values.partition_siblings.size(), shape.log2_partitions, "partition siblings"));
    STRATA_OK(expect_count(values.challenges.size(), shape.challenges, "challenges"));
    if (values.partition >> shape.log2_partitions != 0)
        return fail(Errc::invalid_argument, "partition " + std::to_string(values.partition) +
                                                " does not exist; partitions are 0 to " +
                                                std::to_string((std::uint64_t{1} << shape.log2_partitions) - 1));
    if (values.h_select >= 64 || !std::has_single_bit(values.h_select))
        return fail(Errc::invalid_argument,
                    "h_select is " + std::to_string(values.h_select) + ", expected a power of two from 1 to 32");
    const std::size_t below_apex = shape.log2_nodes - shape.log2_partitions - shape.log2_apex_leaves;
    for (const auto& challenge : values.challenges) {
        STRATA_OK(expect_count(challenge.old_siblings.size(), shape.replica_tree.siblings(), "old siblings"));
        STRATA_OK(expect_count(challenge.new_siblings.size(), shape.replica_tree.siblings(), "new siblings"));
        // The circuit checks the path in TreeD as far as the apex leaf; siblings above it are not used.
        if (challenge.data_siblings.size() < below_apex)
            return fail(Errc::invalid_argument, "a challenge has " + std::to_string(challenge.data_siblings.size()) +
                                                    " data siblings, expected at least " + std::to_string(below_apex));
    }
    return {};
}

/// Fills the head, then all parts in parallel, each where its variables begin.
template <class Head, class Part>
Assignment assign(const BlankCircuit& circuit, Head head, Part part) {
    const auto repetition = circuit.repetition();
    const auto counts = repetition.total();
    const auto& [before, per_part, parts] = repetition;
    Assignment out{std::vector<Fr>(counts.inputs), std::vector<Fr>(counts.aux)};
    out.inputs[0] = Fr::one();
    WitnessSystem first(out.inputs, out.aux);
    const auto shared = head(first);
    // The shape and the witness must allocate alike, or every later variable would have a wrong value.
    STRATA_CHECK(first.inputs() == before.inputs && first.aux() == before.aux);
    parallel_for(parts, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const Counts start{before.inputs + i * per_part.inputs, before.aux + i * per_part.aux, 0};
            WitnessSystem cs(out.inputs, out.aux, start);
            part(cs, shared, i);
            STRATA_CHECK(cs.inputs() == start.inputs + per_part.inputs && cs.aux() == start.aux + per_part.aux);
        }
    });
    return out;
}

}  // namespace

Result<Assignment> porep_witness(const PorepShape& shape, const PorepPublicValues& commitments,
                                 std::span<const PorepChallengeValues> challenges) {
    STRATA_OK(expect_count(challenges.size(), shape.challenges, "challenges"));
    for (const auto& challenge : challenges) STRATA_OK(check_challenge(shape, challenge));
    return assign(
        BlankCircuit(shape), [&](WitnessSystem& cs) { return porep_head(cs, commitments); },
        [&](WitnessSystem& cs, const PorepHead& head, std::size_t i) {
            porep_challenge(cs, shape, head, challenges[i]);
        });
}

Result<Assignment> post_witness(const PostShape& shape, std::span<const PostSectorValues> sectors) {
    STRATA_OK(expect_count(sectors.size(), shape.sectors, "sectors"));
    for (const auto& sector : sectors) STRATA_OK(check_sector(shape, sector));
    return assign(
        BlankCircuit(shape), [](WitnessSystem&) { return 0; },
        [&](WitnessSystem& cs, int, std::size_t i) { post_sector(cs, shape, sectors[i]); });
}

Result<Assignment> update_witness(const UpdateShape& shape, const UpdateValues& values) {
    STRATA_OK(check_update(shape, values));
    return assign(
        BlankCircuit(shape), [&](WitnessSystem& cs) { return update_head(cs, shape, values); },
        [&](WitnessSystem& cs, const UpdateHead& head, std::size_t i) {
            update_challenge(cs, shape, head, i, values.challenges[i]);
        });
}

}  // namespace strata::proofs
