#include <strata/chain/snapshot/import.hpp>

#include <sys/stat.h>

#include <future>

#include <strata/actors/read/system.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/store_check.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgressKey = "chain/import";
constexpr std::size_t kBatchBytes = std::size_t{8} << 20;
constexpr std::size_t kIdentityBytes = std::size_t{1} << 20;
// An adopted chain's index reaches at least this far below its head from the beginning: more than any rule looks back.
constexpr std::uint64_t kIndexedAtOnce = 2 * kChainFinality + 200;

/// Tells a file from others, and from what it was before a change.
struct FileMark {
    std::uint64_t size = 0;
    std::uint64_t changed = 0;  // nanoseconds since 1970
    Bytes front;                // the SHA-256 of the first MiB
    STRATA_CBOR_TUPLE(size, changed, front);
    friend bool operator==(const FileMark&, const FileMark&) = default;
};

struct Progress {
    FileMark file;
    std::uint64_t position = 0;  // all blocks before this place of the unpacked file are in the store
    bool all_read = false;
    STRATA_CBOR_TUPLE(file, position, all_read);
};

Result<FileMark> mark_of(const fs::path& path) {
    STRATA_TRY(const auto file, RandomFile::open(path));
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return file_error("read", path, errno);
    Bytes front(kIdentityBytes);
    STRATA_TRY(const auto got, file.read(0, front));
    const auto hash = crypto::sha256(BytesView(front).first(got));
    return FileMark{.size = file.size(),
                    .changed = static_cast<std::uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
                               static_cast<std::uint64_t>(info.st_mtim.tv_nsec),
                    .front = to_bytes(hash)};
}

// Writes blocks while the next ones are read.
class BlockWriter {
  public:
    explicit BlockWriter(Blockstore& blocks) : blocks_(blocks) {}
    BlockWriter(const BlockWriter&) = delete;
    BlockWriter& operator=(const BlockWriter&) = delete;
    ~BlockWriter() {
        if (writing_.valid()) writing_.wait();
    }

    Status put(const CarBlock& block) {
        batch_.push_back({block.cid, to_bytes(block.data)});
        bytes_ += block.data.size();
        return bytes_ < kBatchBytes ? Status{} : hand_over();
    }
    /// Waits until everything is in the store; a batch of records makes it durable.
    Status finish() {
        STRATA_OK(hand_over());
        return wait();
    }

  private:
    Status wait() { return writing_.valid() ? writing_.get() : Status{}; }
    Status hand_over() {
        STRATA_OK(wait());
        bytes_ = 0;
        writing_ = std::async(std::launch::async,
                              [this, batch = std::exchange(batch_, {})] { return blocks_.put_blocks(batch); });
        return {};
    }

    Blockstore& blocks_;
    std::vector<CarriedBlock> batch_;
    std::size_t bytes_ = 0;
    std::future<Status> writing_;
};

class Import {
  public:
    Import(const fs::path& file, ChainStore& chain, const ImportOptions& options)
        : file_(file), chain_(chain), options_(options) {}

    Result<ImportedChain> run() {
        STRATA_OK(check_no_chain(chain_));
        STRATA_TRY(progress_.file, mark_of(file_));
        STRATA_TRY(const bool resumed, resume());
        STRATA_TRY(auto stream, open(resumed));
        out_.f3 = stream.f3();
        if (!progress_.all_read) {
            if (resumed) STRATA_OK(stream.skip_to(progress_.position));
            out_.resumed_at = resumed ? progress_.position : 0;
            STRATA_OK(copy(stream));
        }
        return conclude(stream.head());
    }

  private:
    Result<bool> resume() {
        STRATA_TRY(const auto record, chain_.meta().get(kProgressKey));
        if (!record) {
            STRATA_OK(write_progress());
            return false;
        }
        STRATA_TRY(const auto earlier, from_cbor<Progress>(*record));
        if (!(earlier.file == progress_.file)) {
            STRATA_OK(write_progress());
            return false;
        }
        progress_ = earlier;
        return progress_.position != 0;
    }

    Status write_progress() { return chain_.meta().put(kProgressKey, to_cbor(progress_)); }

    // The F3 data are taken while the file is opened; an import that goes on has them already.
    Result<SnapshotStream> open(bool resumed) {
        if (resumed || options_.f3.empty()) return SnapshotStream::open(file_, {});
        STRATA_TRY(auto writer, FileWriter::create(options_.f3));
        STRATA_TRY(auto stream,
                   SnapshotStream::open(file_, {.f3 = [&](BytesView piece) { return writer.write(piece); }}));
        if (stream.f3()) STRATA_OK(writer.commit());
        return stream;
    }

    Status report(const SnapshotStream& stream) const {
        return options_.watch.at(std::to_string(out_.blocks) + " blocks, " + std::to_string(out_.bytes >> 20U) + " MiB",
                                 stream.done());
    }

    Status copy(SnapshotStream& stream) {
        BlockWriter writer(options_.into != nullptr ? *options_.into : chain_.blocks());
        std::uint64_t since_record = 0;
        std::uint64_t since_report = 0;
        for (CarBlock block;;) {
            const auto more = stream.next(block);
            if (!more) return Error(more.error()).with_context(file_.string());
            if (!*more) break;
            STRATA_OK(writer.put(block));
            ++out_.blocks;
            out_.bytes += block.data.size();
            since_record += block.data.size();
            since_report += block.data.size();
            if (since_report >= kReport) {
                since_report = 0;
                STRATA_OK(report(stream));
            }
            if (since_record < options_.record_every) continue;
            since_record = 0;
            STRATA_OK(writer.finish());
            progress_.position = stream.position();
            STRATA_OK(write_progress());
            STRATA_OK(report(stream));
        }
        STRATA_OK(writer.finish());
        progress_.position = stream.position();
        progress_.all_read = true;
        return write_progress();
    }

    Result<ImportedChain> conclude(const std::vector<Cid>& head) {
        STRATA_TRY(out_.head, chain_.tipset(TipsetKey(head)));
        STRATA_TRY(out_.network, network_name_at(chain_.blocks(), *out_.head));
        STRATA_TRY(out_.genesis, chain_.index_down(out_.head, UINT64_MAX, options_.watch));
        STRATA_OK(check_expected(*out_.genesis, out_.network, options_.expected));
        STRATA_OK(chain_.adopt(out_.genesis, out_.head,
                               {{std::string(kProgressKey), std::nullopt}, imported_up_to(out_.head->height())}));
        return std::move(out_);
    }

    static constexpr std::uint64_t kReport = std::uint64_t{1} << 20;

    const fs::path& file_;
    ChainStore& chain_;
    const ImportOptions& options_;
    Progress progress_;
    ImportedChain out_;
};

}  // namespace

Status check_no_chain(ChainStore& chain) {
    const auto opened = chain.open();
    if (!opened) return opened.error().code() == Errc::not_found ? Status{} : Status(opened.error());
    return fail(Errc::busy, "the store holds a chain up to epoch " + std::to_string(chain.head()->height()) +
                                " already; name a new folder");
}

Result<std::string> network_name_at(Blockstore& blocks, const Tipset& tipset) {
    auto state = vm::StateTree::load(blocks, tipset.parent_state_root());
    if (!state) return std::move(state).error().with_context("the state of epoch " + std::to_string(tipset.height()));
    return actors::read::network_name(*state);
}

Status check_expected(const Tipset& genesis, const std::string& network, const ExpectedChain& expected) {
    if (expected.genesis && genesis.cids() != std::vector{*expected.genesis})
        return fail(Errc::verification, "the chain begins with " + genesis.cids().front().to_string() +
                                            ", expected the genesis " + expected.genesis->to_string());
    if (expected.network == nullptr) return {};
    if (network != expected.network->name)
        return fail(Errc::verification,
                    "the chain is that of the network " + network + ", expected " + expected.network->name);
    if (genesis.min_timestamp() != expected.network->genesis_timestamp)
        return fail(Errc::verification, "the chain begins at " + std::to_string(genesis.min_timestamp()) +
                                            ", expected " + std::to_string(expected.network->genesis_timestamp) +
                                            ", when the network " + expected.network->name + " began");
    return {};
}

Result<bool> is_import_unfinished(ChainStore& chain) {
    STRATA_TRY(const auto record, chain.meta().get(kProgressKey));
    return record.has_value();
}

Result<ImportedChain> import_snapshot(const fs::path& file, ChainStore& chain, const ImportOptions& options) {
    return Import(file, chain, options).run();
}

Result<ImportedChain> adopt_snapshot(const std::vector<Cid>& head, ChainStore& chain, const ExpectedChain& expected,
                                     std::vector<store::Write> also) {
    if (!expected.genesis)
        return fail(Errc::invalid_argument, "a chain that is used in place needs the genesis that it begins with");
    ImportedChain out;
    STRATA_TRY(out.head, chain.tipset(TipsetKey(head)));
    STRATA_TRY(out.network, network_name_at(chain.blocks(), *out.head));
    auto genesis = chain.tipset(TipsetKey({*expected.genesis}));
    if (!genesis)
        return std::move(genesis).error().with_context("the snapshot does not reach down to the expected genesis");
    out.genesis = *genesis;
    STRATA_OK(check_expected(*out.genesis, out.network, expected));
    STRATA_TRY(const auto reached, chain.index_down(out.head, kIndexedAtOnce));
    if (reached->height() == 0) STRATA_OK(check_expected(*reached, out.network, expected));
    also.push_back(imported_up_to(out.head->height()));
    STRATA_OK(chain.adopt(out.genesis, out.head, std::move(also)));
    return out;
}

}  // namespace strata::chain
