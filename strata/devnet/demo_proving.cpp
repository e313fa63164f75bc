// strata demo: lets a proving period pass, and retrieves the file.
#include <fmt/format.h>

#include <fstream>
#include <set>

#include <strata/base/byte_source.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/winning.hpp>
#include <strata/devnet/demo.hpp>
#include <strata/node/node.hpp>
#include <strata/provider/api.hpp>
#include <strata/types/basic.hpp>

namespace strata::devnet {
namespace {

/// How many epochs the demo waits for a block that the new sector wins. A win is drawn from the power and sectors of
/// 900 epochs before; once the new sector is among them, it is one of the few that a winning proof may ask for.
constexpr ChainEpoch kWinLimit = 3000;

Result<bool> same_bytes(const std::filesystem::path& a, const std::filesystem::path& b) {
    STRATA_TRY(const auto one, file_source(a));
    STRATA_TRY(const auto other, file_source(b));
    Bytes left(std::size_t{1} << 16), right(left.size());
    for (;;) {
        STRATA_TRY(const auto n, read_full(one, left));
        STRATA_TRY(const auto m, read_full(other, right));
        if (n != m || !std::ranges::equal(std::span(left).first(n), std::span(right).first(m))) return false;
        if (n == 0) return true;
    }
}

}  // namespace

Status Demo::prove_period() {
    report_.stage("A proving period passes");
    const ChainEpoch from = net_->epoch();
    STRATA_OK(run_until(
        [&]() -> Result<bool> {
            const auto passed = net_->epoch() - from;
            report_.progress("epochs",
                             std::min(1.0, static_cast<double>(passed) / static_cast<double>(kProvingPeriod)));
            return passed > kProvingPeriod;
        },
        /*epochs=*/2 * kProvingPeriod));
    // A new sector has power from its first window proof on, and a missed proof would have cost power: the sum shows
    // that every sector was proven.
    STRATA_TRY(result_.power_after, power_of(0));
    const StoragePower expected =
        result_.power_before + StoragePower(result_.sector_size) * StoragePower(result_.deals.size());
    report_.fact("power of provider 1",
                 fmt::format("{} to {} bytes", result_.power_before.to_string(), result_.power_after.to_string()));
    if (result_.power_after != expected)
        return fail(Errc::verification, fmt::format("the provider's power is {} bytes, expected {}",
                                                    result_.power_after.to_string(), expected.to_string()));
    report_.fact("epochs", fmt::format("{} to {}; no sector is faulty", from, net_->epoch()));

    std::set<SectorNumber> fresh;
    for (const auto& deal : result_.deals) fresh.insert(deal.status.sector);
    STRATA_OK(with_blocks(
        [&]() -> Result<bool> {
            result_.new_sector_blocks = 0;
            for (const auto sector : fresh) result_.new_sector_blocks += net_->blocks_with(0, sector);
            return result_.new_sector_blocks > 0;
        },
        kWinLimit,
        [&](std::size_t index, const chain::Win& win) { return index == 0 && fresh.contains(win.sector.number); }));
    report_.fact("new sector", fmt::format("won {} block(s) with its WinningPoSt; the head is at epoch {}",
                                           result_.new_sector_blocks, net_->client().chain().head()->height()));
    return check_same_heads();
}

Status Demo::get_file() {
    report_.stage("The client gets the file back");
    retrieval::FileSource source{provider().url(), {}};
    for (const auto& deal : result_.deals) source.pieces.push_back(deal.piece.info.cid);
    // The blocks go into an empty store: the client's own node still has those of the original file.
    MemoryBlockstore blocks;
    const auto path = client_file("retrieved");
    STRATA_TRY(const auto got, retrieval::retrieve_file(result_.root, std::span(&source, 1), blocks, path));
    if (!got.complaints.empty())
        return fail(Errc::verification,
                    "the provider made a mistake when it served the file: " + got.complaints.front());
    STRATA_TRY(const bool same, same_bytes(options_.file, path));
    if (!same) return fail(Errc::verification, "the retrieved file differs from the stored file");
    report_.fact("from", source.url);
    report_.fact("blocks", fmt::format("{}, each checked against its CID", got.blocks));
    report_.fact("file", fmt::format("{} bytes, identical to the stored file", got.size));
    return {};
}

}  // namespace strata::devnet
