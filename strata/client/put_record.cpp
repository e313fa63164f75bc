#include <strata/client/put_record.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include <strata/base/files.hpp>

namespace strata::client {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecord = "record";
constexpr std::uint64_t kMaxRecord = std::uint64_t{64} << 20;  // bytes; a deal has about 500
constexpr std::array<std::string_view, 7> kStages{"planned",   "proposed", "accepted", "sent",
                                                  "published", "stored",   "failed"};

Result<PutRecord> read_record(const fs::path& file) {
    STRATA_TRY(const auto bytes, read_file(file, kMaxRecord));
    auto record = from_cbor<PutRecord>(bytes);
    const bool is_sound =
        record && !record->deals.empty() && std::ranges::all_of(record->deals, [](const PutDeal& deal) {
            return deal.stage <= PutStage::failed && std::has_single_bit(deal.piece.size);
        });
    if (is_sound) return record;
    return fail(Errc::malformed, file.string() + " is not a record of strata put" +
                                     (record ? std::string() : " (" + record.error().message() + ")") +
                                     "; move its folder away, and strata put begins anew with this file");
}

/// Returns the folders in a folder, in order; none if it does not exist.
std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->is_directory(error)) out.push_back(at->path());
    std::ranges::sort(out);
    return out;
}

}  // namespace

std::string_view stage_name(PutStage stage) {
    return kStages.at(static_cast<std::size_t>(stage));
}

PutStage PutRecord::stage() const {
    if (std::ranges::any_of(deals, [](const auto& deal) { return deal.stage == PutStage::failed; }))
        return PutStage::failed;
    return std::ranges::min_element(deals, {}, &PutDeal::stage)->stage;
}

TokenAmount PutRecord::cost(const PutDeal& deal) const {
    if (deal.deal) return deal.deal->proposal.client_balance_requirement();
    const market::Ask price{.price_per_gib_epoch = price_per_gib_epoch};
    return market::least_price(price, deal.piece.size) * BigInt(duration);
}

fs::path PutFolder::of(const Cid& root, const Address& miner) const {
    // Without the network's letter, which does not change what the address means.
    return folder_ / root.to_string() / miner.to_string().substr(1);
}

fs::path PutFolder::car(const PutRecord& record, std::size_t deal) const {
    return of(record.root, record.miner) / ("piece-" + std::to_string(deal) + ".car");
}

Status PutFolder::save(const PutRecord& record) const {
    const auto folder = of(record.root, record.miner);
    STRATA_OK(make_folders(folder));
    return write_file(folder / kRecord, to_cbor(record), FileAccess::owner_only);
}

Result<PutRecord> PutFolder::load(const Cid& root, const Address& miner) const {
    return read_record(of(root, miner) / kRecord);
}

Result<std::vector<PutRecord>> PutFolder::all() const {
    std::vector<PutRecord> out;
    for (const auto& root : folders_in(folder_))
        for (const auto& miner : folders_in(root)) {
            std::error_code error;
            if (!fs::exists(miner / kRecord, error) && !error) continue;
            STRATA_TRY(auto record, read_record(miner / kRecord));
            out.push_back(std::move(record));
        }
    return out;
}

Status PutFolder::drop_cars(const PutRecord& record) const {
    for (std::size_t i = 0; i < record.deals.size(); ++i) STRATA_OK(remove_path(car(record, i)));
    return {};
}

}  // namespace strata::client
