#include <strata/provider/local_provider.hpp>

#include <fmt/format.h>

#include <strata/base/files.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/deadline_scheduler.hpp>
#include <strata/provider/miner_messages.hpp>
#include <strata/provider/presealed_sector.hpp>
#include <strata/provider/sector_machine.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;

/// Copies a file, or a folder with everything in it. An empty `from` means that there is no such file to copy.
Status copy_files(const fs::path& from, const fs::path& to) {
    if (from.empty() || from == to) return {};
    std::error_code error;
    if (!fs::is_directory(from, error)) {
        STRATA_OK(make_folders(to.parent_path()));
        return strata::copy_file(from, to);
    }
    STRATA_OK(make_folders(to));
    for (auto entry = fs::directory_iterator(from, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
        STRATA_OK(copy_files(entry->path(), to / entry->path().filename()));
    return error ? Status(file_error("read the folder", from, error.value())) : Status{};
}

SectorStatus status_of(const SectorRecord& record) {
    SectorStatus out{record.number, record.state, record.pieces, record.comm_r, record.expiration, record.reason, {}};
    if (record.message) out.message = record.message->cid();
    return out;
}

}  // namespace

SectorFiles sector_files(const fs::path& folder, ActorId miner, SectorNumber number) {
    const auto name = fmt::format("s-t0{}-{}", miner, number);
    return {folder / "unsealed" / name, folder / "sealed" / name, folder / "cache" / name};
}

struct LocalProvider::Parts {
    Parts(ProviderConfig given_config, ActorId miner, std::unique_ptr<MinerChain> given_chain,
          std::unique_ptr<SectorProver> given_prover, store::KeyValue& store, Jobs& jobs, crypto::RandomSource& random)
        : config(std::move(given_config)),
          chain(std::move(given_chain)),
          prover(std::move(given_prover)),
          records(store, miner),
          outbox(*chain, config.message_confidence),
          context{config, miner, *chain, prover, store, jobs, random, records, outbox},
          sectors(context),
          deadlines(context) {}

    ProviderConfig config;
    std::unique_ptr<MinerChain> chain;
    std::shared_ptr<SectorProver> prover;
    SectorRecords records;
    Outbox outbox;
    Context context;
    SectorMachine sectors;
    DeadlineScheduler deadlines;
    ChainEpoch last_epoch = 0;
    Wakeups wakeups;
    Listener listener;
    /// A copy of the records after the last call. Other threads read it, so the records themselves need no lock.
    mutable Mutex mutex;
    std::vector<SectorStatus> view STRATA_GUARDED_BY(mutex);

    void publish_view();
};

void LocalProvider::Parts::publish_view() {
    std::vector<SectorStatus> fresh;
    for (const auto& [number, record] : records.all()) fresh.push_back(status_of(record));
    const Lock lock(mutex);
    view = std::move(fresh);
}

LocalProvider::LocalProvider(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LocalProvider::~LocalProvider() = default;

Result<std::unique_ptr<LocalProvider>> LocalProvider::open(ProviderConfig config, std::unique_ptr<MinerChain> chain,
                                                           std::unique_ptr<SectorProver> prover, store::KeyValue& store,
                                                           Jobs& jobs, crypto::RandomSource& random) {
    const auto miner = config.miner.as_id();
    if (!miner)
        return fail(Errc::invalid_argument, "the miner of a provider is given as " + config.miner.to_string('t') +
                                                ", expected its ID address (t0...)");
    auto parts =
        std::make_unique<Parts>(std::move(config), *miner, std::move(chain), std::move(prover), store, jobs, random);
    STRATA_OK(parts->records.load());
    STRATA_OK(parts->deadlines.load());
    parts->last_epoch = parts->chain->head_epoch();
    // Messages of the last run go out before anything new is signed, so that new ones get later nonces.
    parts->sectors.resume(parts->last_epoch);
    parts->deadlines.resume(parts->last_epoch);
    parts->sectors.on_proving([p = parts.get()](const SectorRecord& record) {
        if (p->listener) p->listener(status_of(record));
    });
    parts->wakeups.wake_at(parts->last_epoch + 1);
    parts->publish_view();
    return std::unique_ptr<LocalProvider>(new LocalProvider(std::move(parts)));
}

Status LocalProvider::import_presealed(std::span<const PresealedSector> sectors) {
    std::vector<SectorRecord> records;
    for (const auto& sector : sectors) {
        const auto to = parts_->context.files(sector.number);
        STRATA_OK(copy_files(sector.sealed, to.sealed));
        STRATA_OK(copy_files(sector.cache, to.cache));
        STRATA_OK(copy_files(sector.unsealed, to.unsealed));
        SectorRecord record;
        record.number = record.data_number = sector.number;
        record.proof = sector.proof;
        record.state = SectorState::proving;
        record.since = parts_->last_epoch;
        record.pieces = sector.pieces;
        record.comm_d = sector.comm_d;
        record.comm_r = sector.comm_r;
        STRATA_TRY(const auto on_chain, parts_->chain->sector(sector.number));
        if (on_chain) record.expiration = on_chain->expiration;
        // A sector that is known keeps its record: a repeated import must not reset it.
        if (parts_->records.find(sector.number) == nullptr) records.push_back(std::move(record));
    }
    STRATA_OK(parts_->records.save(records));
    parts_->wakeups.wake_at(parts_->last_epoch + 1);
    parts_->publish_view();
    return {};
}

Result<SectorNumber> LocalProvider::add_piece(const ReadBytes& read, const PieceInfo& piece,
                                              const std::optional<PieceDeal>& deal, ChainEpoch epoch) {
    auto number = parts_->sectors.add_piece(read, piece, deal, epoch);
    parts_->wakeups.wake_at(epoch + 1);
    parts_->publish_view();
    return number;
}

Result<SectorNumber> LocalProvider::pledge_sector(ChainEpoch epoch) {
    auto number = parts_->sectors.pledge(epoch);
    parts_->wakeups.wake_at(epoch + 1);
    parts_->publish_view();
    return number;
}

Status LocalProvider::retry_sector(SectorNumber number, ChainEpoch epoch) {
    parts_->wakeups.wake_at(epoch + 1);
    return parts_->sectors.retry(number, epoch);
}

Status LocalProvider::on_epoch(ChainEpoch epoch) {
    parts_->last_epoch = epoch;
    parts_->wakeups = {};
    // Proofs of what is on chain come first: they have a deadline.
    STRATA_OK(parts_->deadlines.on_epoch(epoch, parts_->wakeups));
    STRATA_OK(parts_->sectors.on_epoch(epoch, parts_->wakeups));
    parts_->publish_view();
    return {};
}

void LocalProvider::change(const ProviderConfig& config) {
    parts_->config.accept_delay = config.accept_delay;
    parts_->config.message_confidence = config.message_confidence;
    parts_->config.batch = config.batch;
    parts_->outbox.set_confidence(config.message_confidence);
}

std::optional<ChainEpoch> LocalProvider::next_wakeup() const {
    const auto wake = parts_->wakeups.wake();
    return wake ? std::optional(std::max(*wake, parts_->last_epoch + 1)) : std::nullopt;
}

bool LocalProvider::wants_block(ChainEpoch epoch) const {
    return parts_->wakeups.wants_block(epoch);
}

std::vector<SectorStatus> LocalProvider::sectors() const {
    const Lock lock(parts_->mutex);
    return parts_->view;
}

void LocalProvider::on_proving(Listener listener) {
    parts_->listener = std::move(listener);
}

Result<MinerMoney> LocalProvider::money() {
    return parts_->chain->money();
}

Result<Cid> LocalProvider::withdraw(const TokenAmount& amount) {
    const auto call = withdraw_balance(amount);
    STRATA_TRY(const auto message,
               parts_->chain->sign(MinerChain::Sender::owner, call.method, call.params, TokenAmount(0)));
    STRATA_OK(parts_->chain->publish(message));
    return message.cid();
}

Result<std::vector<PoStProof>> LocalProvider::prove_winning(const Address& miner, const Hash256& randomness,
                                                            const PoStSectorInfo& sector) {
    if (miner != parts_->config.miner)
        return fail(Errc::invalid_argument,
                    fmt::format("a winning proof is needed for miner {}, but this provider works for {}",
                                miner.to_string('t'), parts_->config.miner.to_string('t')));
    const auto* record = parts_->records.find(sector.number);
    if (record == nullptr || proofs::replica_cid(record->comm_r) != sector.sealed_cid)
        return fail(Errc::not_found, fmt::format("sector {} with sealed CID {} is not in this provider's records",
                                                 sector.number, sector.sealed_cid.to_string()));
    STRATA_TRY(const auto type, winning_post_proof(sector.proof));
    const ProvingSector held{record->proof, record->number, record->comm_r, parts_->context.files(record->number)};
    crypto::SeededRandom random(parts_->context.random.bytes<32>());
    auto proof = parts_->prover->prove_winning(type, parts_->context.miner, randomness, held, random);
    if (!proof)
        return std::move(proof).error().with_context(fmt::format("cannot prove sector {} from {} and {}", held.number,
                                                                 held.files.sealed.string(),
                                                                 held.files.cache.string()));
    return std::vector{PoStProof{type, std::move(*proof)}};
}

}  // namespace strata::provider
