// Witnesses satisfy their circuits and broken ones do not. The sectors here are made up: a circuit does not know the
// graph, so parents and labels of unchallenged nodes may be anything.
#include <strata/proofs/circuit/witness.hpp>

#include <gtest/gtest.h>

#include <random>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/poseidon_rows.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::proofs {
namespace {

using crypto::Fr;
using Values = std::vector<Fr>;

constexpr std::uint64_t k2KiB = 2048;

Fr element(std::string_view hex) {
    return *Fr::from_bytes(*from_hex(hex));
}

/// Computes the hash through the circuit's own rows; PoseidonDigests below ties it to published values.
Fr poseidon_of(const PoseidonRows& rows, const Values& inputs) {
    Values ones{Fr::one()};
    Values aux(inputs.size() + rows.rows().size());
    WitnessSystem cs(ones, aux);
    const auto variables = alloc_numbers(cs, inputs, 0, inputs.size());
    return cs.value(poseidon(cs, rows, variables));
}

Fr merkle_hash(const Values& children) {
    return poseidon_of(merkle_poseidon(static_cast<unsigned>(children.size())), children);
}

Fr sha256_hash(const Values& children) {
    Bytes message;
    for (const auto& child : children) append(message, child.to_bytes());
    return Fr::from_bytes_trimmed(crypto::sha256(message));
}

class Tree {
  public:
    Tree(const PathShape& shape, Values leaves) : shape_(shape), levels_{std::move(leaves)} {
        for (const unsigned arity : shape.arities) {
            const auto& below = levels_.back();
            Values row;
            for (auto child = below.begin(); child != below.end(); child += arity) {
                const Values children(child, child + arity);
                row.push_back(shape.hash == PathShape::Hash::sha256 ? sha256_hash(children) : merkle_hash(children));
            }
            levels_.push_back(std::move(row));
        }
    }
    const Fr& root() const { return levels_.back()[0]; }
    const Fr& leaf(std::size_t i) const { return levels_[0][i]; }
    const Values& level(std::size_t i) const { return levels_[i]; }
    PathValues path(std::uint64_t index) const {
        PathValues out{index, {}};
        for (std::size_t level = 0; level < shape_.arities.size(); ++level) {
            const auto arity = shape_.arities[level];
            const auto first = index / arity * arity;
            for (auto i = first; i < first + arity; ++i)
                if (i != index) out.siblings.push_back(levels_[level][i]);
            index /= arity;
        }
        return out;
    }

  private:
    PathShape shape_;
    std::vector<Values> levels_;
};

Values random_values(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    Values out(count);
    for (auto& x : out) x = Fr::from_limbs({random(), random(), random(), random() >> 2});
    return out;
}

void expect_satisfied(const BlankCircuit& circuit, const Result<Assignment>& witness) {
    ASSERT_TRUE(witness) << witness.error().message();
    const auto shape = circuit.compile();
    ASSERT_EQ(witness->inputs.size(), shape.inputs);
    ASSERT_EQ(witness->aux.size(), shape.aux);
    EXPECT_EQ(first_unsatisfied(shape, *witness), std::nullopt);
    for (const std::size_t at : {std::size_t{0}, shape.aux / 2, shape.aux - 1}) {
        auto broken = *witness;
        broken.aux[at] += Fr::one();
        EXPECT_NE(first_unsatisfied(shape, broken), std::nullopt) << at;
    }
    auto other = *witness;
    other.inputs[1] += Fr::one();
    EXPECT_NE(first_unsatisfied(shape, other), std::nullopt);
}

// Digests of 0, 1, ..., arity - 1: docs/protocol/proofs.md §6.
TEST(CircuitWitness, PoseidonDigests) {
    const auto digest = [](unsigned arity) {
        Values inputs(arity);
        for (unsigned i = 0; i < arity; ++i) inputs[i] = Fr::from_u64(i);
        return merkle_hash(inputs).to_hex();
    };
    EXPECT_EQ(digest(2), "ffe7029a363c202e9da6059d33a9fba661e1ef02d90f9e736ba5765ed7086539");
    EXPECT_EQ(digest(4), "5d076266ff149801ec2713bf05466bfb99932279653cdb008a84e5a9104ba558");
    EXPECT_EQ(digest(8), "e6a5386df534992ad9aec49c9d2e684b777067114200011255dea5a31d619423");
    EXPECT_EQ(digest(11), "6331692bc3bbe3cec18fb0ccd8dcf3097ae8eb32e237a56c287f22e5b2c10f0c");
}

// The sector has 32 GiB of equal nodes; values from vectors/proofs/post.json (winning, registered 8, --flat).
TEST(CircuitWitness, WinningPostOfFlat32GiBSector) {
    const auto shape = *winning_post_shape(std::uint64_t{32} << 30);
    PostSectorValues sector;
    sector.leaves = {element("43690f1121e1c86c80389d8df72d97ba30037f15652c38a89a66abbabf535200")};
    sector.comm_c = element("26f418a6f92d1760329d1f9310e7c4006f69d831450fd2bd987e4765b1c28900");
    sector.paths.resize(1);
    Fr node = sector.leaves[0];
    for (const unsigned arity : shape.tree.arities) {
        sector.paths[0].siblings.insert(sector.paths[0].siblings.end(), arity - 1, node);
        node = merkle_hash(Values(arity, node));
    }
    sector.comm_r_last = node;
    sector.comm_r = merkle_hash({sector.comm_c, node});
    EXPECT_EQ(sector.comm_r.to_hex(), "6ac568054e01a5a40851627c049548d9dcee01e6faf4a230b588c67eaa932055");

    std::vector<PostSectorValues> sectors(shape.sectors, sector);
    sectors[0].paths[0].index = 480931252;
    sectors[1].paths[0].index = 1003252463;
    const auto witness = post_witness(shape, sectors);
    expect_satisfied(BlankCircuit(shape), witness);
    EXPECT_EQ(witness->inputs[1], sector.comm_r);
    EXPECT_EQ(witness->inputs[2], Fr::from_u64(480931252));
    EXPECT_EQ(witness->inputs[4], Fr::from_u64(1003252463));
}

TEST(CircuitWitness, WindowPostOfTwoSectors) {
    const auto shape = *window_post_shape(k2KiB);
    std::vector<PostSectorValues> sectors(2);
    for (unsigned s = 0; s < 2; ++s) {
        const Tree tree(shape.tree, random_values(64, s));
        sectors[s].comm_r_last = tree.root();
        sectors[s].comm_c = Fr::from_u64(s + 7);
        sectors[s].comm_r = merkle_hash({sectors[s].comm_c, tree.root()});
        for (std::uint64_t q = 0; q < shape.challenges; ++q) {
            sectors[s].leaves.push_back(tree.leaf(q * 5 + s));
            sectors[s].paths.push_back(tree.path(q * 5 + s));
        }
    }
    expect_satisfied(BlankCircuit(shape), post_witness(shape, sectors));
    sectors[1].paths[3].siblings.pop_back();
    EXPECT_FALSE(post_witness(shape, sectors));
}

/// Makes a sector of 64 nodes and two layers, of which only the challenged nodes are labelled as the rules say.
struct MadeUpSector {
    PorepShape shape = *porep_shape(k2KiB);
    Fr replica_id = random_values(1, 1)[0];
    Values data = random_values(64, 2);
    std::array<Values, 2> labels{random_values(64, 3), random_values(64, 4)};

    static std::uint64_t parent(std::uint64_t node, std::uint64_t i) { return (node + 3 + 2 * i) % 64; }

    Fr label(std::uint64_t node, std::uint32_t layer) const {
        Bytes message = to_bytes(replica_id.to_bytes());
        message.resize(64);
        store_be(message.data() + 32, layer);
        store_be(message.data() + 36, node);
        const std::size_t parents = layer == 1 ? 6 : 14;
        for (std::size_t i = 0; i < 37; ++i) {
            const auto which = i % parents;
            const auto& row = labels[which < 6 ? layer - 1 : layer - 2];
            append(message, row[parent(node, which)].to_bytes());
        }
        return Fr::from_bytes_trimmed(crypto::sha256(message));
    }

    ColumnValues column(const Tree& tree_c, std::uint64_t node) const {
        return {{labels[0][node], labels[1][node]}, tree_c.path(node)};
    }

    Result<Assignment> prove(const std::vector<std::uint64_t>& challenges) {
        for (const auto c : challenges) {
            labels[0][c] = label(c, 1);
            labels[1][c] = label(c, 2);
        }
        Values columns(64), replica(64);
        for (std::size_t v = 0; v < 64; ++v) {
            columns[v] = merkle_hash({labels[0][v], labels[1][v]});
            replica[v] = labels[1][v] + data[v];
        }
        const Tree tree_d(shape.data_tree, data), tree_c(shape.replica_tree, columns),
            tree_r(shape.replica_tree, replica);
        std::vector<PorepChallengeValues> values;
        for (const auto c : challenges) {
            PorepChallengeValues one{c, data[c], tree_d.path(c), tree_r.path(c), tree_c.path(c), {}, {}};
            for (std::size_t i = 0; i < 6; ++i) one.drg_parents[i] = column(tree_c, parent(c, i));
            for (std::size_t i = 0; i < 8; ++i) one.expander_parents[i] = column(tree_c, parent(c, 6 + i));
            values.push_back(std::move(one));
        }
        const PorepPublicValues commitments{replica_id, tree_d.root(), merkle_hash({tree_c.root(), tree_r.root()}),
                                            tree_r.root(), tree_c.root()};
        return porep_witness(shape, commitments, values);
    }
};

TEST(CircuitWitness, PorepOfTwoChallenges) {
    MadeUpSector sector;
    const auto witness = sector.prove({1, 34});
    expect_satisfied(BlankCircuit(sector.shape), witness);
    // Inputs of a challenge: c, 6 + 8 parents, c three times (docs/protocol/proofs.md §11).
    for (const std::size_t at : {4U, 19U, 20U, 21U}) EXPECT_EQ(witness->inputs[at], Fr::one());
    for (std::uint64_t i = 0; i < 14; ++i) EXPECT_EQ(witness->inputs[5 + i], Fr::from_u64(MadeUpSector::parent(1, i)));
}

TEST(CircuitWitness, SectorUpdate) {
    const auto shape = *update_shape(k2KiB);
    const Values old_replica = random_values(64, 5);
    const Values data = random_values(64, 6);
    const Tree tree_d(PathShape::binary_sha256(6), data), tree_old(shape.replica_tree, old_replica);
    UpdateValues values;
    values.h_select = 1;
    values.comm_c = Fr::from_u64(11);
    values.comm_d_new = tree_d.root();
    values.root_r_old = tree_old.root();
    values.comm_r_old = merkle_hash({values.comm_c, values.root_r_old});
    const Fr phi = poseidon_of(update_poseidon(), {values.comm_d_new, values.comm_r_old});
    Values new_replica(64);
    for (std::uint64_t v = 0; v < 64; ++v)  // rho depends on one high bit
        new_replica[v] = old_replica[v] + data[v] * poseidon_of(update_poseidon(), {phi, Fr::from_u64(v >> 5)});
    const Tree tree_new(shape.replica_tree, new_replica);
    values.root_r_new = tree_new.root();
    values.comm_r_new = merkle_hash({values.comm_c, values.root_r_new});
    values.apex_leaves = tree_d.level(3);

    const auto digest = poseidon_of(update_poseidon(), {values.comm_r_new, Fr()}).to_bytes();
    for (unsigned i = 0; i < shape.challenges; ++i) {
        std::uint64_t c = 0;
        for (unsigned bit = 0; bit < 6; ++bit) c |= std::uint64_t{bit_of(digest, 6 * i + bit)} << bit;
        values.challenges.push_back(
            {old_replica[c], data[c], tree_old.path(c).siblings, tree_new.path(c).siblings, tree_d.path(c).siblings});
    }
    expect_satisfied(BlankCircuit(shape), update_witness(shape, values));
    values.h_select = 3;
    EXPECT_FALSE(update_witness(shape, values));
}

}  // namespace
}  // namespace strata::proofs
