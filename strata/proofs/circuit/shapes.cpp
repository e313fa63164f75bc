#include <strata/proofs/circuit/shapes.hpp>

#include <charconv>

namespace strata::proofs {
namespace {

// Sector sizes are given as log2 of the number of 32-byte nodes (docs/protocol/proofs.md §3).
constexpr unsigned k2KiB = 6, k8KiB = 8, k32KiB = 10, k16MiB = 19, k32GiB = 30, k64GiB = 31;
// WinningPoSt challenges 66 leaves of one sector, which the circuit treats as 66 sectors with one challenge each.
constexpr std::size_t kWinningSectors = 66;
constexpr std::size_t kWindowChallenges = 10;

std::string size_text(unsigned log2) {
    if (log2 >= 25) return std::to_string(1U << (log2 - 25)) + "GiB";
    if (log2 >= 15) return std::to_string(1U << (log2 - 15)) + "MiB";
    return std::to_string(1U << (log2 - 5)) + "KiB";
}

Result<unsigned> log2_nodes(std::uint64_t sector_size, std::initializer_list<unsigned> allowed) {
    for (const unsigned log2 : allowed)
        if (sector_size == std::uint64_t{32} << log2) return log2;
    std::string sizes;
    for (const unsigned log2 : allowed) sizes += (sizes.empty() ? "" : ", ") + size_text(log2);
    return fail(Errc::invalid_argument, "there is no circuit for sectors of " + std::to_string(sector_size) +
                                            " bytes; the sizes with a circuit are " + sizes);
}

/// Accepts the sizes that can be sealed: 2, 4, 16 and 32 KiB, 8, 16 and 512 MiB, 1, 32 and 64 GiB.
Result<unsigned> sealed_log2(std::uint64_t size) {
    return log2_nodes(size, {k2KiB, 7, 9, k32KiB, 18, k16MiB, 24, 25, k32GiB, k64GiB});
}

bool is_large(unsigned log2) {
    return log2 >= k32GiB;
}

/// Returns the number of sectors in a WindowPoSt partition.
std::size_t window_sectors(unsigned log2) {
    if (log2 == k32GiB) return 2349;
    return log2 == k64GiB ? 2300 : 2;
}

}  // namespace

Result<CircuitKind> parse_circuit_kind(std::string_view name) {
    for (const auto kind :
         {CircuitKind::porep, CircuitKind::winning_post, CircuitKind::window_post, CircuitKind::sector_update})
        if (circuit_kind_name(kind) == name) return kind;
    return fail(Errc::invalid_argument,
                "the circuit is '" + std::string(name) + "', expected porep, winning, window or update");
}

std::string_view circuit_kind_name(CircuitKind kind) {
    switch (kind) {
        case CircuitKind::porep:
            return "porep";
        case CircuitKind::winning_post:
            return "winning";
        case CircuitKind::window_post:
            return "window";
        case CircuitKind::sector_update:
            return "update";
    }
    return "";
}

Result<std::uint64_t> parse_sector_bytes(std::string_view text) {
    constexpr std::uint64_t kMaxNumber = 1024;
    std::uint64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto unit = std::string_view(end.ptr, text.data() + text.size());
    if (end.ec == std::errc{} && number <= kMaxNumber) {
        if (unit == "KiB") return number << 10;
        if (unit == "MiB") return number << 20;
        if (unit == "GiB") return number << 30;
    }
    return fail(Errc::invalid_argument,
                "the sector size is '" + std::string(text) + "', expected for example 2KiB, 8MiB or 32GiB");
}

Result<PorepShape> porep_shape(std::uint64_t sector_size) {
    STRATA_TRY(const auto log2, sealed_log2(sector_size));
    return PorepShape{.data_tree = PathShape::binary_sha256(log2),
                      .replica_tree = PathShape::of_replica(log2),
                      .layers = is_large(log2) ? 11U : 2U,
                      .challenges = is_large(log2) ? 18U : 2U};
}

Result<PostShape> winning_post_shape(std::uint64_t sector_size) {
    STRATA_TRY(const auto log2, sealed_log2(sector_size));
    return PostShape{PathShape::of_replica(log2), kWinningSectors, 1};
}

Result<PostShape> window_post_shape(std::uint64_t sector_size) {
    STRATA_TRY(const auto log2, sealed_log2(sector_size));
    return PostShape{PathShape::of_replica(log2), window_sectors(log2), kWindowChallenges};
}

Result<UpdateShape> update_shape(std::uint64_t sector_size) {
    STRATA_TRY(const auto log2,
               log2_nodes(sector_size, {5, k2KiB, 7, k8KiB, 9, k32KiB, 18, k16MiB, 24, k32GiB, k64GiB}));
    UpdateShape shape;
    shape.log2_nodes = log2;
    // Small sectors have fewer partitions and apex leaves, and a single bit of the index selects their rho.
    shape.log2_partitions = log2 <= k8KiB ? 0 : log2 <= k32KiB ? 1 : log2 <= k16MiB ? 2 : 4;
    shape.log2_apex_leaves = log2 <= k8KiB ? 3 : 7;
    shape.challenges = log2 <= k16MiB ? 10 : 86;
    shape.high_bits = {7, 8, 9, 10, 11, 12};
    if (log2 <= k32KiB) shape.high_bits.fill(1);
    shape.replica_tree = PathShape::of_replica(log2);
    return shape;
}

}  // namespace strata::proofs
