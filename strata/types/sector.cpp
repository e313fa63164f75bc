#include <strata/types/sector.hpp>

#include <array>

namespace strata {
namespace {

struct SizeRow {
    SectorSize size;
    std::string_view name;
    std::uint64_t partition_sectors;  // WindowPoSt
};

// The rows are in the order of the registered numbers (docs/protocol/fvm.md §1.11).
constexpr std::array<SizeRow, 5> kSizes = {{
    {SectorSize::size_2KiB, "2KiB", 2},
    {SectorSize::size_8MiB, "8MiB", 2},
    {SectorSize::size_512MiB, "512MiB", 2},
    {SectorSize::size_32GiB, "32GiB", 2349},
    {SectorSize::size_64GiB, "64GiB", 2300},
}};

// Returns the index in kSizes of the sector size that a registered number means: each kind of proof has five
// consecutive numbers, one for each size. The number must be below `limit`.
Result<std::size_t> size_index(std::int64_t number, std::int64_t limit) {
    if (number < 0 || number >= limit)
        return fail(Errc::invalid_argument, "the number of a registered proof is " + std::to_string(number) +
                                                ", expected 0 to " + std::to_string(limit - 1));
    return static_cast<std::size_t>(number % 5);
}

constexpr std::int64_t kSealLimit = 20;
constexpr std::int64_t kPoStLimit = 15;
constexpr std::int64_t kUpdateLimit = 5;
constexpr std::int64_t kWindowV1P1 = 10;

std::int64_t number(RegisteredSealProof proof) {
    return static_cast<std::int64_t>(proof);
}

}  // namespace

Result<SectorSize> sector_size(RegisteredSealProof proof) {
    STRATA_TRY(const auto i, size_index(number(proof), kSealLimit));
    return kSizes[i].size;
}
Result<SectorSize> sector_size(RegisteredPoStProof proof) {
    STRATA_TRY(const auto i, size_index(static_cast<std::int64_t>(proof), kPoStLimit));
    return kSizes[i].size;
}
Result<SectorSize> sector_size(RegisteredUpdateProof proof) {
    STRATA_TRY(const auto i, size_index(static_cast<std::int64_t>(proof), kUpdateLimit));
    return kSizes[i].size;
}
Result<RegisteredPoStProof> window_post_proof(RegisteredSealProof proof) {
    STRATA_TRY(const auto i, size_index(number(proof), kSealLimit));
    return static_cast<RegisteredPoStProof>(kWindowV1P1 + static_cast<std::int64_t>(i));
}
Result<RegisteredPoStProof> winning_post_proof(RegisteredSealProof proof) {
    STRATA_TRY(const auto i, size_index(number(proof), kSealLimit));
    return static_cast<RegisteredPoStProof>(i);
}
bool is_synthetic(RegisteredSealProof proof) {
    return number(proof) >= 10 && number(proof) < 15;
}
bool is_non_interactive(RegisteredSealProof proof) {
    return number(proof) >= 15 && number(proof) < 20;
}
Result<std::uint64_t> window_post_partition_sectors(RegisteredPoStProof proof) {
    STRATA_TRY(const auto i, size_index(static_cast<std::int64_t>(proof), kPoStLimit));
    return kSizes[i].partition_sectors;
}
Result<SectorSize> parse_sector_size(std::string_view text) {
    for (const auto& row : kSizes)
        if (row.name == text) return row.size;
    return fail(Errc::invalid_argument,
                "the sector size is \"" + std::string(text) + "\", expected 2KiB, 8MiB, 512MiB, 32GiB or 64GiB");
}
std::string_view sector_size_name(SectorSize size) {
    for (const auto& row : kSizes)
        if (row.size == size) return row.name;
    return "unknown";
}

}  // namespace strata
