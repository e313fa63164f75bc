// Checks row counts that the reference's own tests publish (docs/protocol/proofs.md §12), and fingerprints of the small
// circuits from vectors/proofs/cs_hash.json; `strata vectors` runs all of that file.
#include <strata/proofs/circuit/circuits.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::proofs {
namespace {

using crypto::Fr;

constexpr auto kNothing = [] { return Fr(); };

Bits free_bits(ShapeSystem& cs, std::size_t count) {
    return alloc_bits(cs, 0, static_cast<unsigned>(count));
}

TEST(CircuitGadgets, Sha256Rows) {
    ShapeSystem cs;
    const auto bits = free_bits(cs, 512);
    sha256(cs, BitsView(bits));
    EXPECT_EQ(cs.counts().rows - 512, 44'874U);  // 25,840 for the block of free bits, 19,034 for the padding block
}

TEST(CircuitGadgets, Sha256OfConstantsHasNoRowsAndIsRight) {
    ShapeSystem cs;
    const auto digest = sha256(cs, {});
    EXPECT_EQ(cs.counts(), Counts{});
    Hash256 bytes{};
    for (std::size_t i = 0; i < 256; ++i)
        bytes[i / 8] = static_cast<std::uint8_t>(2U * bytes[i / 8] + static_cast<unsigned>(digest[i].value));
    EXPECT_EQ(to_hex(bytes), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(CircuitGadgets, PoseidonRows) {
    for (const auto& [arity, rows] : {std::pair(2U, 311U), {4U, 377U}, {8U, 505U}, {11U, 598U}}) {
        ShapeSystem cs;
        Numbers inputs;
        for (unsigned i = 0; i < arity; ++i) inputs.push_back(cs.alloc(kNothing));
        poseidon(cs, merkle_poseidon(arity), inputs);
        EXPECT_EQ(cs.counts().rows, rows) << arity;
    }
}

TEST(CircuitGadgets, InsertionRows) {
    for (const auto& [arity, rows] : {std::pair(2U, 2U), {4U, 8U}, {8U, 22U}}) {
        ShapeSystem cs;
        const auto position = free_bits(cs, log2_of(arity));
        const auto before = cs.counts().rows;
        const auto x = cs.alloc(kNothing);
        Numbers siblings;
        for (unsigned i = 1; i < arity; ++i) siblings.push_back(cs.alloc(kNothing));
        insert(cs, x, position, siblings);
        EXPECT_EQ(cs.counts().rows - before, rows);
    }
}

/// Returns the rows of a membership proof with a public root; the last one makes the root an input.
std::size_t membership_rows(const PathShape& shape) {
    ShapeSystem cs;
    const auto leaf = cs.alloc(kNothing);
    const auto root = cs.alloc(kNothing);
    enforce_membership(cs, shape, leaf, {}, root);
    inputize(cs, root);
    return cs.counts().rows;
}

TEST(CircuitGadgets, MembershipRows) {
    using enum PathShape::Hash;
    EXPECT_EQ(membership_rows({poseidon, {2, 2, 2, 2, 2, 2}}), 1887U);
    EXPECT_EQ(membership_rows({poseidon, {4, 4, 4}}), 1164U);
    EXPECT_EQ(membership_rows({poseidon, {8, 8}}), 1063U);
    EXPECT_EQ(membership_rows({poseidon, {8, 8, 2}}), 1377U);
    EXPECT_EQ(membership_rows({poseidon, {8, 8, 4, 2}}), 1764U);
    EXPECT_EQ(membership_rows(PathShape::binary_sha256(6)), 272'295U);
}

TEST(Circuits, PorepRowsOfReferenceTests) {
    const auto rows = [](PathShape tree, unsigned log2_nodes) {
        const PorepShape shape{PathShape::binary_sha256(log2_nodes), std::move(tree), 2, 1};
        return BlankCircuit(shape).counts().rows;
    };
    using enum PathShape::Hash;
    EXPECT_EQ(rows({poseidon, {8}}, 3), 1'199'620U);
    EXPECT_EQ(rows({poseidon, {2, 2, 2}}, 3), 1'206'212U);
    EXPECT_EQ(rows({poseidon, {8, 4}}, 5), 1'296'576U);
    EXPECT_EQ(rows({poseidon, {8, 4, 2}}, 6), 1'346'982U);
}

TEST(Circuits, PostRowsOfReferenceTests) {
    const auto rows = [](std::vector<unsigned> arities, std::size_t sectors) {
        return BlankCircuit(PostShape{{PathShape::Hash::poseidon, std::move(arities)}, sectors, 5}).counts().rows;
    };
    EXPECT_EQ(rows({8, 8}, 3), 16'869U);
    EXPECT_EQ(rows({8, 8, 4}, 3), 22'674U);
    EXPECT_EQ(rows({8, 8, 4, 2}, 3), 27'384U);
    EXPECT_EQ(rows({8, 8}, 2), 11'246U);
}

TEST(Circuits, UpdateRowsOfReferenceTests) {
    for (const auto& [kib, rows] :
         {std::pair(1U, 1'248'389U), {2U, 1'705'039U}, {4U, 2'165'109U}, {8U, 2'620'359U}, {16U, 6'300'021U}})
        EXPECT_EQ(blank_circuit(CircuitKind::sector_update, kib * 1024)->counts().rows, rows) << kib;
}

TEST(Circuits, CountsOfMainnetSizes) {
    const auto counts = [](CircuitKind kind, std::uint64_t gib) { return blank_circuit(kind, gib << 30)->counts(); };
    EXPECT_EQ(counts(CircuitKind::porep, 32), (Counts{328, 130'169'893, 130'278'541}));
    EXPECT_EQ(counts(CircuitKind::winning_post, 64), (Counts{133, 396'000, 391'314}));
    EXPECT_EQ(counts(CircuitKind::window_post, 32), (Counts{25'840, 126'902'376, 125'279'217}));
    EXPECT_EQ(counts(CircuitKind::sector_update, 32), (Counts{5, 80'978'488, 81'049'499}));
}

TEST(Circuits, FingerprintsOf2KiBPost) {
    const auto total = [](CircuitKind kind) { return to_hex(fingerprint(*blank_circuit(kind, 2048)).digests.total); };
    EXPECT_EQ(total(CircuitKind::winning_post), "ce8079a9875ac8fafc46902e0e2368fa997e7f2ffb2065d2666ef92bc3ca2f67");
    EXPECT_EQ(total(CircuitKind::window_post), "14279e1c38053fa35eab6f56dbf1c5ef337b533f2c42fd3d7b4e7a116796b331");
}

// The compiled form repeats one part; its rows are the same as the streamed ones.
TEST(Circuits, CompiledRowsAreTheCircuitsRows) {
    for (const auto kind : {CircuitKind::porep, CircuitKind::window_post, CircuitKind::sector_update}) {
        const auto circuit = *blank_circuit(kind, 2048);
        EXPECT_EQ(fingerprint(circuit.compile()).digests.total, fingerprint(circuit).digests.total);
    }
}

TEST(Circuits, UnknownSizesAreRefused) {
    EXPECT_FALSE(blank_circuit(CircuitKind::porep, 1024));
    EXPECT_FALSE(blank_circuit(CircuitKind::window_post, 0));
    EXPECT_FALSE(parse_sector_bytes("2kib"));
    EXPECT_FALSE(parse_sector_bytes("99999999999999GiB"));
    EXPECT_EQ(parse_sector_bytes("64GiB").value_or(0), std::uint64_t{64} << 30);
}

}  // namespace
}  // namespace strata::proofs
