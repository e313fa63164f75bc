#include <strata/client/put.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <strata/base/files.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/chain/audit.hpp>
#include <strata/client/deal_progress.hpp>
#include <strata/store/families.hpp>
#include <strata/store/rocks_store.hpp>
#include <strata/types/piece.hpp>

namespace strata::client {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using market::MarketClient;

/// Added to the time that the provider demands between acceptance and the deal's start.
constexpr ChainEpoch kStartMargin = 60;
/// The epochs after a deposit in which the provider may not have seen it yet.
constexpr ChainEpoch kDepositKnown = 6;

/// The most deals of a file that is cut into blocks smaller than those of UnixFS, because the provider's sectors are.
/// Each takes a proof of its own.
constexpr std::uint64_t kMostSmallDeals = 128;

/// A provider seals the sectors of a file one after the other, so each deal starts this number of epochs after the one
/// before it, up to that of kMostSmallDeals. With epochs of 2 s this is twice what a proof of 2 KiB takes on two cores.
constexpr ChainEpoch kSealedOneByOne = 30;

/// How long a record may be locked by somebody who only writes down what was seen of it.
constexpr std::chrono::seconds kMoment{1};

PutDeal planned(const PieceInfo& piece, std::uint64_t car_size) {
    PutDeal out;
    out.piece = piece;
    out.car_size = car_size;
    return out;
}

Error failed(const PutDeal& deal) {
    return fail(Errc::verification,
                fmt::format("the deal for piece {} failed: {}", deal.piece.cid.to_string(), deal.failure));
}

/// Returns true if a provider that answers so may answer differently later.
bool may_pass(Errc code) {
    return code == Errc::busy || code == Errc::io || code == Errc::malformed;
}

/// Returns what it means that a provider answered with an error: silence, or the end.
Result<Followed> unheard(const Error& error) {
    if (may_pass(error.code())) return Followed{error};
    return error;
}

/// Asks about each deal, and changes the record in memory alone.
Status ask_about(NodeCalls& node, PutRecord& record) {
    for (auto& deal : record.deals) {
        STRATA_TRY(const auto followed, follow(node, record.url, deal));
        if (followed.silence) deal.failure = followed.silence->message();
    }
    return {};
}

/// One call of put_file() about one record.
class Put {
  public:
    Put(const PutPlace& place, const PutOptions& options, PutRecord record, std::optional<Provider> provider)
        : place_(place),
          options_(options),
          record_(std::move(record)),
          provider_(std::move(provider)),
          heard_(Clock::now()) {}

    Status run() {
        STRATA_OK(try_failed_again());
        while (true) {
            if (has_stage(PutStage::planned)) STRATA_OK(fund_and_sign());
            for (std::size_t i = 0; i < record_.deals.size(); ++i) STRATA_OK(advance(i));
            if (is_done()) break;
            STRATA_OK(show());
            std::this_thread::sleep_for(options_.patience.pause);
        }
        if (!has_stage_before(PutStage::sent)) STRATA_OK(place_.folder.drop_cars(record_));
        return {};
    }
    PutRecord take() { return std::move(record_); }

  private:
    bool has_stage(PutStage stage) const {
        return std::ranges::any_of(record_.deals, [&](const auto& deal) { return deal.stage == stage; });
    }
    bool has_stage_before(PutStage stage) const {
        return std::ranges::any_of(record_.deals, [&](const auto& deal) { return deal.stage < stage; });
    }
    bool is_done() const { return !has_stage_before(options_.wait ? PutStage::stored : PutStage::sent); }
    Status save() const { return place_.folder.save(record_); }
    void say(std::string_view name, const std::string& value) const {
        if (place_.fact) place_.fact(name, value);
    }

    /// A deal that failed earlier begins anew, unless it is on the chain after all and can still be proven.
    Status try_failed_again() {
        for (auto& deal : record_.deals) {
            if (deal.stage != PutStage::failed) continue;
            if (deal.deal) {
                STRATA_TRY(const auto found, find_on_chain(place_.node, deal.deal->proposal));
                STRATA_TRY(const auto head, place_.node.head_epoch());
                const bool is_proven = found && found->state.sector_start_epoch != kEpochUndefined;
                if (is_proven || (found && head <= found->proposal.start_epoch)) {
                    deal.stage = PutStage::published;
                    deal.id = found->id;
                    continue;
                }
            }
            deal = planned(deal.piece, deal.car_size);
        }
        return save();
    }

    // The fund stays locked until the proposals are signed and saved: a different put counts them from then on.
    Status fund_and_sign() {
        if (!provider_) return fail(Errc::internal, "a deal is planned without a provider");
        STRATA_TRY(auto fund,
                   EscrowFund::take(place_.folder.path() / "escrow", place_.node, options_.patience, place_.watch));
        STRATA_TRY(const auto wanted, escrow_wanted());
        STRATA_OK(place_.watch.at("money for the deal goes into the market, which takes a block or two", 0));
        STRATA_TRY(const auto funded, fund.raise_to(record_.wallet, wanted, place_.watch));
        if (funded.message) {
            STRATA_TRY(funded_at_, place_.node.head_epoch());
            say("escrow", fmt::format("{} added by {}", chain::exact_fil(funded.added), funded.message->to_string()));
        }
        for (auto& deal : record_.deals) {
            if (deal.stage != PutStage::planned) continue;
            STRATA_TRY(deal.deal, sign(deal));
            deal.stage = PutStage::proposed;
        }
        return save();
    }

    /// Returns what this record's deals and those of other records take from the free escrow of this wallet.
    Result<TokenAmount> escrow_wanted() const {
        TokenAmount sum;
        for (const auto& deal : record_.deals)
            if (deal.stage == PutStage::planned || deal.claims_escrow()) sum += record_.cost(deal);
        STRATA_TRY(auto records, place_.folder.all());
        for (auto& other : records) {
            if (other.wallet != record_.wallet || (other.root == record_.root && other.miner == record_.miner))
                continue;
            const bool is_open = std::ranges::any_of(other.deals, &PutDeal::claims_escrow);
            // Money that the chain has locked meanwhile must not be asked for again.
            if (is_open) STRATA_OK(refresh(place_.node, place_.folder, other));
            for (const auto& deal : other.deals)
                if (deal.claims_escrow()) sum += other.cost(deal);
        }
        return sum;
    }

    Result<market::ClientDealProposal> sign(const PutDeal& deal) const {
        STRATA_TRY(const auto head, place_.node.head_epoch());
        market::DealTerms terms;
        terms.client = record_.wallet;
        terms.provider = record_.miner;
        const auto before =
            std::min<std::uint64_t>(static_cast<std::uint64_t>(&deal - record_.deals.data()), kMostSmallDeals);
        terms.start =
            head + provider_->terms.ask.least_lead + kStartMargin + kSealedOneByOne * static_cast<ChainEpoch>(before);
        terms.end = terms.start + record_.duration;
        terms.price_per_gib_epoch = record_.price_per_gib_epoch;
        STRATA_TRY(terms.provider_collateral, place_.node.provider_collateral(deal.piece.size));
        market::ClientDealProposal out{MarketClient::proposal_for(deal.piece, record_.root, terms), {}};
        STRATA_TRY(out.client_signature, place_.node.sign(record_.wallet, to_cbor(out.proposal)));
        return out;
    }

    /// Moves a deal as far as it goes now.
    Status advance(std::size_t index) {
        auto& deal = record_.deals[index];
        const auto before = deal.stage;
        const auto all_before = record_.stage();
        const std::string said = deal.failure;
        auto done = step(index);
        // A provider that restarts, and a provider or a node with much to do, is waited for.
        if (!done && done.error().code() == Errc::busy) done = Followed{done.error()};
        if (done && done->silence) deal.failure = done->silence->message();
        if (done && !done->silence) heard_ = Clock::now();
        if (deal.stage != before || deal.failure != said) STRATA_OK(save());
        if (!done) return std::move(done).error();
        if (done->silence && Clock::now() - heard_ > options_.patience.most)
            return std::move(*done->silence)
                .with_context(fmt::format("the deal did not go on for {} seconds", options_.patience.most.count()));
        if (deal.stage != before && record_.deals.size() <= kFewDeals) tell(deal, before);
        if (record_.stage() != all_before && record_.deals.size() > kFewDeals) tell_all(all_before);
        return deal.stage == PutStage::failed ? Status(failed(deal)) : Status{};
    }

    Result<Followed> step(std::size_t index) {
        auto& deal = record_.deals[index];
        if (deal.stage == PutStage::proposed) {
            STRATA_TRY(auto heard, propose(deal));
            if (heard.silence) return heard;
        }
        if (deal.stage == PutStage::accepted) {
            STRATA_TRY(auto heard, upload(index));
            if (heard.silence) return heard;
        }
        return follow(place_.node, record_.url, deal);
    }

    Result<Followed> propose(PutDeal& deal) {
        const auto& proposal = deal.deal->proposal;
        // An earlier call may have been stopped after the provider answered.
        const auto known = MarketClient::status(record_.url, market::proposal_cid(proposal));
        if (known) {
            deal.stage = known->stage == market::DealStage::accepted ? PutStage::accepted : PutStage::sent;
            return Followed{};
        }
        if (known.error().code() != Errc::not_found) return unheard(known.error());
        STRATA_TRY(const auto head, place_.node.head_epoch());
        if (provider_ && proposal.start_epoch < head + provider_->terms.ask.least_lead) {
            // The call was away for so long that the provider would refuse the proposal, which it never had.
            deal.stage = PutStage::planned;
            deal.deal.reset();
            return Followed{};
        }
        const auto sent = MarketClient::propose(record_.url, *deal.deal, deal.car_size);
        if (sent) {
            deal.stage = PutStage::accepted;
            deal.failure.clear();
            return Followed{};
        }
        if (sent.error().code() != Errc::invalid_argument && sent.error().code() != Errc::verification)
            return unheard(sent.error());
        deal.failure = sent.error().message();
        if (funded_at_ && head <= *funded_at_ + kDepositKnown) return Followed{};
        deal.stage = PutStage::failed;
        return Followed{};
    }

    Result<Followed> upload(std::size_t index) {
        auto& deal = record_.deals[index];
        const auto cid = market::proposal_cid(deal.deal->proposal);
        const auto status = MarketClient::status(record_.url, cid);
        if (status && status->stage != market::DealStage::accepted) {
            deal.stage = PutStage::sent;
            return Followed{};
        }
        // A file that this machine cannot read says nothing about the deal.
        auto data = MappedFile::open_sized(place_.folder.car(record_, index), deal.car_size);
        if (!data)
            return std::move(data).error().with_context("the data of the piece " + deal.piece.cid.to_string() +
                                                        " cannot be sent; the same command again makes them anew");
        const auto sent = MarketClient::upload(record_.url, cid, data->bytes());
        if (sent) {
            deal.stage = PutStage::sent;
            deal.failure.clear();
            return Followed{};
        }
        const auto code = sent.error().code();
        if (code != Errc::not_found && code != Errc::invalid_argument) return unheard(sent.error());
        deal.stage = PutStage::failed;
        deal.failure = sent.error().message();
        return Followed{};
    }

    void tell(const PutDeal& deal, PutStage before) const {
        if (before <= PutStage::proposed && deal.stage >= PutStage::accepted && deal.stage != PutStage::failed)
            say("proposal", market::proposal_cid(deal.deal->proposal).to_string() + "  accepted");
        if (before < PutStage::sent && deal.stage >= PutStage::sent && deal.stage != PutStage::failed)
            say("data", fmt::format("{} bytes sent", deal.car_size));
        const auto name = fmt::format("deal {}", deal.id);
        if (before < PutStage::published && deal.stage >= PutStage::published && deal.stage != PutStage::failed)
            say(name, "on the chain; the provider seals the data into a sector");
        if (deal.stage == PutStage::stored)
            say(name, fmt::format("stored: sector {}, proven at epoch {}", deal.sector, deal.proven));
    }

    void tell_all(PutStage before) const {
        const auto now = record_.stage();
        if (now == PutStage::failed) return;
        const auto count = record_.deals.size();
        std::uint64_t bytes = 0;
        for (const auto& deal : record_.deals) bytes += deal.car_size;
        if (before < PutStage::sent && now >= PutStage::sent) say("data", fmt::format("{} bytes sent", bytes));
        if (before < PutStage::published && now >= PutStage::published)
            say("deals", fmt::format("all {} are on the chain; the provider seals the data into sectors", count));
        if (now == PutStage::stored)
            say("deals", fmt::format("all {} stored, the last proven at epoch {}", count,
                                     std::ranges::max(record_.deals, {}, &PutDeal::proven).proven));
    }

    Status show() const {
        STRATA_TRY(const auto head, place_.node.head_epoch());
        std::size_t stored = 0;
        const PutDeal* slowest = &record_.deals.front();
        for (const auto& deal : record_.deals) {
            stored += deal.stage == PutStage::stored ? 1 : 0;
            if (deal.stage < slowest->stage) slowest = &deal;
        }
        std::string text = fmt::format("epoch {}: ", head);
        if (record_.deals.size() > 1) text += fmt::format("{} of {} pieces stored; ", stored, record_.deals.size());
        text += what_is_awaited(*slowest);
        return place_.watch.at(text, static_cast<double>(stored) / static_cast<double>(record_.deals.size()));
    }
    static std::string what_is_awaited(const PutDeal& deal) {
        if (!deal.failure.empty()) return deal.failure;
        switch (deal.stage) {
            case PutStage::sent:
                return "the provider publishes the deal";
            case PutStage::published:
                return fmt::format("the provider seals the data of deal {}", deal.id);
            default:
                return "the provider takes the deal";
        }
    }

    const PutPlace& place_;
    const PutOptions& options_;
    PutRecord record_;
    const std::optional<Provider> provider_;  // empty if it does not answer, and need not
    Clock::time_point heard_;
    std::optional<ChainEpoch> funded_at_;
};

/// The begin of a put: which file, which record, which provider, which terms.
class Start {
  public:
    Start(const PutPlace& place, const PutOptions& options) : place_(place), options_(options) {}

    Result<PutRecord> put() {
        STRATA_TRY(const auto genesis, place_.node.genesis());
        STRATA_TRY(const auto size, check_file());
        say("file", fmt::format("{}  {} bytes", options_.file.string(), size));
        STRATA_TRY(auto known, known_record(size));
        if (!known) return begin(genesis, size);
        say("CID", known->root.to_string());
        return go_on(*known);
    }

    Result<PutRecord> go_on(const PutRecord& known) {
        STRATA_TRY(const auto lock, lock_of(known.root, known.miner));
        STRATA_TRY(auto record, place_.folder.load(known.root, known.miner));  // as it is under the lock
        return go_on_locked(std::move(record));
    }

  private:
    Result<PutRecord> go_on_locked(PutRecord record) {
        auto found = provider_of(record.miner);
        if (!found && found.error().code() == Errc::cancelled) return std::move(found).error();
        if (found) record.url = found->url;
        const auto before = record;
        STRATA_OK(ask_about(place_.node, record));
        if (to_cbor(record) != to_cbor(before)) STRATA_OK(place_.folder.save(record));
        STRATA_OK(tell_new_failure(before, record));
        if (record.stage() == PutStage::stored) {
            if (record.deals.size() > kFewDeals)
                say("deals", fmt::format("all {} stored already", record.deals.size()));
            else
                for (const auto& deal : record.deals)
                    say(fmt::format("deal {}", deal.id),
                        fmt::format("stored already: sector {}, proven at epoch {}", deal.sector, deal.proven));
            return record;
        }
        say("", fmt::format("this file was put before; its stage is \"{}\", and the put goes on",
                            stage_name(record.stage())));
        say("provider", place_.node.text(record.miner) + " at " + record.url);
        const bool needs_provider = std::ranges::any_of(record.deals, [](const PutDeal& deal) {
            return deal.stage < PutStage::sent || deal.stage == PutStage::failed;
        });
        if (!found && needs_provider) return std::move(found).error();
        auto provider = found ? std::optional(std::move(*found)) : std::nullopt;
        if (needs_provider) {
            STRATA_OK(set_terms(record, *provider));
            STRATA_OK(ensure_cars(record));
        }
        return run(std::move(record), std::move(provider));
    }

    void say(std::string_view name, const std::string& value) const {
        if (place_.fact) place_.fact(name, value);
    }

    /// A deal that was not known to have failed is not made again before a person has heard of it.
    static Status tell_new_failure(const PutRecord& before, const PutRecord& now) {
        for (std::size_t i = 0; i < now.deals.size(); ++i)
            if (now.deals[i].stage == PutStage::failed && before.deals[i].stage != PutStage::failed)
                return failed(now.deals[i]);
        return {};
    }

    /// Returns the size of the file.
    Result<std::uint64_t> check_file() const {
        std::error_code error;
        const auto status = fs::status(options_.file, error);
        if (!fs::exists(status))
            return fail(Errc::invalid_argument, "FILE " + options_.file.string() + ": there is no such file");
        if (!fs::is_regular_file(status))
            return fail(Errc::invalid_argument, "FILE " + options_.file.string() +
                                                    ": this is not a regular file; pack a folder into one file first");
        const auto size = fs::file_size(options_.file, error);
        if (error) return file_error("find the size of", options_.file, error.value());
        return size;
    }

    /// Returns the root that the file has when it is cut so.
    Result<UnixFsFile> measure(const UnixFsShape& shape) const {
        STRATA_TRY(const auto source, file_source(options_.file));
        return import_file(
            source, [&](const Cid&, BytesView) { return place_.watch.at("the file is read", 0); }, shape);
    }

    /// Returns the record of the file's content, which an earlier put may have cut in a different way than this would.
    Result<std::optional<PutRecord>> known_record(std::uint64_t size) const {
        STRATA_TRY(auto all, place_.folder.all());
        std::optional<PutRecord> out;
        std::vector<std::pair<UnixFsShape, Cid>> roots;
        for (auto& one : all) {
            if (one.size != size || (options_.miner && one.miner != *options_.miner)) continue;
            const auto shape = retrieval::shape_for(one.largest_piece);
            auto root = std::ranges::find(roots, shape, [](const auto& known) { return known.first; });
            if (root == roots.end()) {
                STRATA_TRY(const auto file, measure(shape));
                root = roots.insert(root, {shape, file.root});
            }
            if (one.root != root->second) continue;
            // Among several providers, one with which it is not finished yet.
            if (!out || out->stage() == PutStage::stored) out = std::move(one);
        }
        return out;
    }

    Result<FolderLock> lock_of(const Cid& root, const Address& miner) const {
        const auto end = Clock::now() + kMoment;
        while (true) {
            auto lock = FolderLock::take(place_.folder.of(root, miner), FileAccess::owner_only);
            if (lock || lock.error().code() != Errc::busy) return lock;
            if (Clock::now() > end)
                return fail(Errc::busy, "a different strata put works on this file; wait for it, or stop it first");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    Result<Provider> provider_of(const std::optional<Address>& miner) const {
        STRATA_TRY(auto found, find_providers(place_.node, place_.search, miner, place_.watch));
        if (!found.providers.empty()) return std::move(found.providers.front());
        std::string why;
        for (const auto& complaint : found.complaints) why += (why.empty() ? " (" : "; ") + complaint;
        return fail(Errc::not_found,
                    "no provider can be reached" +
                        (miner ? " for the miner " + place_.node.text(*miner) : std::string()) +
                        (why.empty() ? std::string() : why + ")") +
                        "; start the network with strata devnet up, or give the URL of a provider with --provider");
    }

    Status set_terms(PutRecord& record, const Provider& provider) const {
        const auto& ask = provider.terms.ask;
        const auto price = options_.price_per_gib_epoch.value_or(ask.price_per_gib_epoch);
        if (price < ask.price_per_gib_epoch)
            return fail(Errc::verification,
                        fmt::format("the provider {} would refuse the deal: it asks {} per epoch and GiB, and --price "
                                    "offers {}; nothing was sent",
                                    place_.node.text(provider.terms.miner), chain::exact_fil(ask.price_per_gib_epoch),
                                    chain::exact_fil(price)));
        const auto longest = actors::market::kMaxDuration - kEpochsInDay - ask.least_lead - 2 * kStartMargin -
                             kSealedOneByOne * static_cast<ChainEpoch>(kMostSmallDeals);
        const auto duration = options_.duration.value_or(record.duration > 0 ? record.duration : kDefaultDuration);
        if (duration < actors::market::kMinDuration || duration > longest)
            return fail(Errc::invalid_argument, fmt::format("--duration {}: expected {} to {} epochs", duration,
                                                            actors::market::kMinDuration, longest));
        STRATA_TRY(record.wallet, place_.node.wallet_key(options_.wallet ? options_.wallet : kept_wallet(record)));
        record.price_per_gib_epoch = price;
        record.duration = duration;
        return {};
    }
    static std::optional<Address> kept_wallet(const PutRecord& record) {
        return record.wallet.defined() ? std::optional(record.wallet) : std::nullopt;
    }

    Result<PutRecord> begin(const Cid& genesis, std::uint64_t size) {
        STRATA_TRY(auto provider, provider_of(options_.miner));
        PutRecord record;
        STRATA_TRY(const auto sector, place_.node.sector_size(provider.terms.miner));
        record.largest_piece = std::min(sector, provider.terms.ask.max_piece_size);
        const auto shape = retrieval::shape_for(record.largest_piece);
        if (shape.chunk < kUnixFsChunk && size > kMostSmallDeals * shape.chunk)
            return too_large(provider.terms.miner, record.largest_piece,
                             fmt::format("{} bytes would take more than {} deals", size, kMostSmallDeals));
        STRATA_TRY(const auto file, measure(shape));
        say("CID", file.root.to_string());
        std::error_code error;
        record.file = fs::absolute(options_.file, error).string();
        if (error) return file_error("find the folder of", options_.file, error.value());
        record.root = file.root;
        record.size = file.size;
        record.genesis = genesis;
        record.miner = provider.terms.miner;
        record.url = provider.url;
        STRATA_OK(set_terms(record, provider));
        STRATA_TRY(const auto lock, lock_of(record.root, record.miner));
        // A different put may have begun with this file before the lock was ours.
        auto known = place_.folder.load(record.root, record.miner);
        if (known) return go_on_locked(std::move(*known));
        if (known.error().code() != Errc::not_found) return std::move(known).error();
        STRATA_TRY(const auto pieces, cut(record));
        for (const auto& piece : pieces) {
            record.deals.push_back(planned(piece.info, piece.car_size));
            if (pieces.size() <= kFewDeals)
                say("piece", fmt::format("{}  a CAR of {} bytes, padded to {}", piece.info.cid.to_string(),
                                         piece.car_size, piece.info.size));
        }
        if (pieces.size() > kFewDeals)
            say("pieces",
                fmt::format("{}, of at most {} bytes each, with a deal for each", pieces.size(), record.largest_piece));
        STRATA_OK(place_.folder.save(record));
        say("provider", fmt::format("{} at {}, {} per epoch and GiB", place_.node.text(record.miner), record.url,
                                    chain::exact_fil(record.price_per_gib_epoch)));
        return run(std::move(record), std::move(provider));
    }

    /// Writes the CARs of the pieces beside the record.
    Result<std::vector<retrieval::CarPiece>> cut(const PutRecord& record) const {
        const auto folder = place_.folder.of(record.root, record.miner);
        const auto blocks = folder / "blocks";
        STRATA_OK(remove_path(blocks));
        Result<retrieval::ClientFile> file(Errc::internal);
        {
            STRATA_TRY(const auto store, store::RocksStore::open(blocks, store::Content::chain));
            STRATA_TRY(auto family, store->families().family(std::string(store::kBlocksFamily)));
            store::FamilyBlockstore cut(std::move(family));
            file = retrieval::prepare_file(options_.file, cut, folder, record.largest_piece);
        }
        STRATA_OK(remove_path(blocks));
        if (!file && file.error().code() == Errc::too_large)
            return too_large(record.miner, record.largest_piece, file.error().message());
        if (!file) return std::move(file).error();
        if (file->dag.root == record.root) return std::move(file->pieces);
        return fail(Errc::verification, options_.file.string() + " changed while it was read; put it again");
    }

    Error too_large(const Address& miner, std::uint64_t largest_piece, const std::string& why) const {
        return fail(Errc::too_large,
                    fmt::format("{} is too large for the provider {}, which takes pieces of {} bytes: {}. Make a local "
                                "network with larger sectors, strata devnet up --sector 8MiB --folder DIR, and name "
                                "it with --network DIR",
                                options_.file.string(), place_.node.text(miner), largest_piece, why));
    }

    /// The CARs are removed once the provider has the data, and are needed again if it lost them.
    Status ensure_cars(const PutRecord& record) const {
        bool all = true;
        for (std::size_t i = 0; i < record.deals.size(); ++i) {
            std::error_code error;
            all = all && fs::file_size(place_.folder.car(record, i), error) == record.deals[i].car_size;
        }
        if (all) return {};
        if (std::error_code error; !fs::is_regular_file(options_.file, error))
            return fail(Errc::not_found, record.file + " is needed again and is not there; put it back");
        STRATA_TRY(const auto pieces, cut(record));
        bool same = pieces.size() == record.deals.size();
        for (std::size_t i = 0; same && i < pieces.size(); ++i) same = pieces[i].info == record.deals[i].piece;
        return same ? Status() : Status(fail(Errc::verification, record.file + " was cut into different pieces now"));
    }

    Result<PutRecord> run(PutRecord record, std::optional<Provider> provider) const {
        Put put(place_, options_, std::move(record), std::move(provider));
        if (auto done = put.run(); !done) return std::move(done).error();
        return put.take();
    }

    const PutPlace& place_;
    const PutOptions& options_;
};

}  // namespace

Result<PutRecord> put_file(const PutPlace& place, const PutOptions& options) {
    return Start(place, options).put();
}

Result<std::vector<Resumed>> resume_puts(const PutPlace& place, const PutOptions& options) {
    if (!options.file.empty() || options.miner || options.duration || options.price_per_gib_epoch)
        return fail(Errc::invalid_argument,
                    "--resume goes on with all files that were put, by the terms that each has; it takes no FILE, "
                    "--miner, --price or --duration");
    STRATA_TRY(const auto all, place.folder.all());
    std::vector<Resumed> out;
    for (const auto& record : all) {
        const auto stage = record.stage();
        if (stage == PutStage::stored || stage == PutStage::failed) continue;
        auto one = options;
        one.file = record.file;
        one.duration = record.duration;
        one.price_per_gib_epoch = record.price_per_gib_epoch;
        if (place.fact) place.fact("file", record.file);
        auto done = Start(place, one).go_on(record);
        if (done) {
            out.push_back({std::move(*done), {}});
            continue;
        }
        if (done.error().code() == Errc::cancelled) return std::move(done).error();
        if (place.fact) place.fact("", "could not go on: " + done.error().message());
        // It may have come some way before it failed.
        auto now = place.folder.load(record.root, record.miner);
        out.push_back({now ? std::move(*now) : record, std::move(done).error()});
    }
    return out;
}

Status check_network(NodeCalls& node, const PutFolder& folder) {
    STRATA_TRY(const auto records, folder.all());
    if (records.empty()) return {};
    STRATA_TRY(const auto genesis, node.genesis());
    if (std::ranges::all_of(records, [&](const auto& one) { return one.genesis == genesis; })) return {};
    return fail(Errc::invalid_argument, folder.path().string() +
                                            " holds files that were put into a different network; name a different "
                                            "folder with --records");
}

Status refresh(NodeCalls& node, const PutFolder& folder, PutRecord& record, const std::string& url) {
    const auto before = to_cbor(record);
    if (!url.empty()) record.url = url;
    STRATA_OK(ask_about(node, record));
    if (to_cbor(record) == before) return {};
    const auto lock = FolderLock::take(folder.of(record.root, record.miner), FileAccess::owner_only);
    if (!lock && lock.error().code() == Errc::busy) return {};
    if (!lock) return lock.error();
    // Somebody may have worked on it since it was read, and has seen no less.
    STRATA_TRY(auto now, folder.load(record.root, record.miner));
    if (to_cbor(now) == before) return folder.save(record);
    record = std::move(now);
    return {};
}

std::string next_step(const PutRecord& record) {
    const auto stage = record.stage();
    if (stage == PutStage::stored) return {};
    if (stage == PutStage::failed)
        return fmt::format("strata put {} tries again, or with a different --miner", record.file);
    if (stage < PutStage::sent) return fmt::format("strata put {} goes on", record.file);
    return "the provider goes on by itself; strata deals show tells how far it is, strata put --resume --wait follows "
           "it";
}

}  // namespace strata::client
