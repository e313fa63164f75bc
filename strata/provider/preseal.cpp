#include <strata/provider/preseal.hpp>

#include <fmt/format.h>

#include <strata/base/files.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/piece/staging.hpp>
#include <strata/proofs/porep/seal.hpp>
#include <strata/provider/sector_prover.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJournalFile = "preseal.cbor";
/// The largest journal that is read, in bytes: 800,000 sectors.
constexpr std::size_t kMaxJournal = std::size_t{64} << 20;

struct Sealed {
    SectorNumber number = 0;
    Hash256 comm_d{};
    Hash256 comm_r{};
    STRATA_CBOR_TUPLE(number, comm_d, comm_r);
};
/// The record of finished sectors. It is written again after every sector.
struct Journal {
    Hash256 order{};  // hash of the order and the seed
    std::vector<Sealed> sectors;
    STRATA_CBOR_TUPLE(order, sectors);
};

/// Everything that decides which sectors come out; an order is recognised by the hash of this.
struct OrderFields {
    ActorId miner = 0;
    RegisteredSealProof proof{};
    SectorNumber first = 0;
    std::uint64_t sectors = 0;
    Hash256 seed{};
    STRATA_CBOR_TUPLE(miner, proof, first, sectors, seed);
};

/// Returns an empty optional if there is no journal.
Result<std::optional<Journal>> read_journal(const fs::path& folder) {
    const auto path = folder / kJournalFile;
    const auto bytes = read_file(path, kMaxJournal);
    if (!bytes && bytes.error().code() == Errc::not_found) return std::optional<Journal>{};
    if (!bytes) return bytes.error();
    auto journal = from_cbor<Journal>(*bytes);
    if (!journal)
        return fail(Errc::malformed, path.string() + " is damaged (" + journal.error().message() +
                                         "); remove its folder to seal these sectors again");
    return std::optional<Journal>(std::move(*journal));
}

Status write_journal(const fs::path& folder, const Journal& journal) {
    return write_file(folder / kJournalFile, to_cbor(journal));
}

class Presealing {
  public:
    Presealing(const PresealOrder& order, const proofs::SealConfig& config, const Hash256& seed, const Watch& watch)
        : order_(order), config_(config), random_(seed), watch_(watch) {
        journal_.order =
            crypto::blake2b_256(to_cbor(OrderFields{order.miner, order.proof, order.first, order.sectors, seed}));
    }

    Result<std::vector<PresealedSector>> run() {
        STRATA_TRY(auto finished, read_journal(order_.folder));
        if (finished) {
            if (finished->order != journal_.order)
                return fail(
                    Errc::invalid_argument,
                    order_.folder.string() +
                        " holds sectors of a different miner, proof type, number range or seed; name a different "
                        "folder");
            if (finished->sectors.size() != order_.sectors)
                return wrong_journal(
                    fmt::format("it has {} sectors, expected {}", finished->sectors.size(), order_.sectors));
            STRATA_OK(check_numbers(*finished));
            journal_ = std::move(*finished);
            return sealed();
        }
        STRATA_OK(resume());
        while (journal_.sectors.size() < order_.sectors) {
            STRATA_TRY(journal_.sectors.emplace_back(), seal(order_.first + journal_.sectors.size()));
            STRATA_OK(write_journal(unfinished_folder(), journal_));
        }
        STRATA_OK(move_into_place(unfinished_folder(), order_.folder));
        return sealed();
    }

  private:
    fs::path unfinished_folder() const { return unfinished_path(order_.folder); }

    Error wrong_journal(std::string_view why) const {
        return fail(Errc::malformed, fmt::format("{}: {}; remove its folder to seal these sectors again",
                                                 (order_.folder / kJournalFile).string(), why));
    }
    Status check_numbers(const Journal& journal) const {
        for (std::size_t i = 0; i < journal.sectors.size(); ++i)
            if (journal.sectors[i].number != order_.first + i)
                return wrong_journal(fmt::format("its entry {} is for sector {}, expected sector {}", i,
                                                 journal.sectors[i].number, order_.first + i));
        return {};
    }

    /// Takes over what an earlier run of the same order left unfinished. Work of a different order is removed.
    Status resume() {
        STRATA_TRY(auto begun, read_journal(unfinished_folder()));
        if (begun && begun->order == journal_.order && begun->sectors.size() <= order_.sectors &&
            check_numbers(*begun)) {
            journal_ = std::move(*begun);
            return {};
        }
        STRATA_OK(remove_path(unfinished_folder()));
        STRATA_OK(make_folders(unfinished_folder()));
        return write_journal(unfinished_folder(), journal_);
    }

    Watch watch_sector(std::size_t index) const {
        if (!watch_.progress) return watch_;
        return {[this, index](std::string_view step, double done) {
                    watch_.progress(fmt::format("sector {} of {}: {}", index + 1, order_.sectors, step),
                                    (static_cast<double>(index) + done) / static_cast<double>(order_.sectors));
                },
                watch_.stop};
    }

    /// Writes the sector's data: random bytes that depend only on the seed and the number.
    Result<PieceInfo> stage(const SectorFiles& files, SectorNumber number) const {
        auto data = random_.fork(fmt::format("data {}", number));
        std::uint64_t rest = proofs::raw_size(config_.sector_size);
        const auto read = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), rest));
            data.fill(out.first(n));
            rest -= n;
            return n;
        };
        STRATA_TRY(const auto piece, proofs::stage_piece(read, config_.sector_size, files.unsealed, 0));
        return PieceInfo{piece.padded_size, proofs::piece_cid(piece.commitment)};
    }

    /// Seals one sector. Layers that an earlier attempt finished are used again.
    Result<Sealed> seal(SectorNumber number) {
        const auto watch = watch_sector(number - order_.first);
        const auto files = sector_files(unfinished_folder(), order_.miner, number);
        for (const auto& folder : {files.cache, files.sealed.parent_path(), files.unsealed.parent_path()}) {
            STRATA_OK(make_folders(folder));
        }
        STRATA_TRY(const auto piece, stage(files, number));
        const auto ticket = random_.fork(fmt::format("ticket {}", number)).bytes<32>();
        const proofs::SealSubject subject{config_, proofs::prover_id_of(order_.miner), number, ticket};
        const proofs::SealPaths paths{files.cache, files.unsealed, files.sealed, order_.parent_cache};
        STRATA_TRY(const auto first, proofs::seal_pre_commit_phase1(subject, paths, std::span(&piece, 1), watch));
        STRATA_TRY(const auto second, proofs::seal_pre_commit_phase2(subject, paths, first, watch));
        STRATA_OK(proofs::clear_cache(config_, files.cache));
        STRATA_OK(remove_path(files.unsealed));
        return Sealed{number, second.comm_d, second.comm_r};
    }

    std::vector<PresealedSector> sealed() const {
        std::vector<PresealedSector> out;
        for (const auto& [number, comm_d, comm_r] : journal_.sectors) {
            auto files = sector_files(order_.folder, order_.miner, number);
            out.push_back({.number = number,
                           .proof = order_.proof,
                           .comm_d = comm_d,
                           .comm_r = comm_r,
                           .sealed = std::move(files.sealed),
                           .cache = std::move(files.cache),
                           .unsealed = {},
                           .pieces = {}});
        }
        return out;
    }

    const PresealOrder& order_;
    const proofs::SealConfig& config_;
    crypto::SeededRandom random_;
    const Watch& watch_;
    Journal journal_;
};

}  // namespace

Result<std::vector<PresealedSector>> preseal(const PresealOrder& order, crypto::RandomSource& random,
                                             const Watch& watch) {
    STRATA_TRY(const auto config, proofs::SealConfig::of(order.proof));
    // The types 0 to 4 are V1 in five sizes, and 5 to 9 are V1P1 (types/sector.hpp).
    if (static_cast<std::int64_t>(order.proof) / 5 != 1)
        return fail(
            Errc::invalid_argument,
            fmt::format("the seal proof is {}, expected 5 to 9: sectors before genesis have interactive V1P1 proofs",
                        static_cast<std::int64_t>(order.proof)));
    return Presealing(order, config, random.bytes<32>(), watch).run();
}

Result<std::vector<chain::GenesisSector>> genesis_sectors(std::span<const PresealedSector> sectors,
                                                          const Address& miner, const wallet::PrivateKey& client) {
    STRATA_TRY(const auto client_address, wallet::address_of(client));
    std::vector<chain::GenesisSector> out;
    for (const auto& sector : sectors) {
        STRATA_TRY(const auto size, sector_size(sector.proof));
        auto& entry = out.emplace_back();
        entry.comm_r = proofs::replica_cid(sector.comm_r);
        entry.comm_d = proofs::piece_cid(sector.comm_d);
        entry.number = sector.number;
        entry.proof = sector.proof;
        entry.deal.piece_cid = entry.comm_d;
        entry.deal.piece_size = static_cast<std::uint64_t>(size);
        entry.deal.client = client_address;
        entry.deal.provider = miner;
        entry.deal.label.value = std::to_string(sector.number);
        entry.deal_client_key = client;
    }
    return out;
}

}  // namespace strata::provider
