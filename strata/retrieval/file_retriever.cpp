#include <strata/retrieval/file_retriever.hpp>

#include <cerrno>
#include <fstream>
#include <optional>
#include <set>

#include <strata/base/file_writer.hpp>
#include <strata/http/client.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/unixfs.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;

// The largest block that is fetched alone is the largest that a CAR may hold.
constexpr std::uint64_t kMaxBlock = kMaxCarSection;

// Returns true if the source sent bad data, as opposed to not having the data. Such a source is not asked again.
bool is_bad_data(const Error& error) {
    switch (error.code()) {
        case Errc::verification:
        case Errc::malformed:
        case Errc::non_canonical:
        case Errc::trailing:
        case Errc::truncated:
        case Errc::too_large:
        case Errc::unsupported:
            return true;
        default:
            return false;
    }
}

// The caller's blocks, as a Blockstore that fetches a missing block from the sources when it is asked for.
class Retriever final : public Blockstore {
  public:
    Retriever(std::span<const FileSource> sources, Blockstore& blocks, const fs::path& path,
              const RetrievalLimits& limits, const Watch& watch)
        : sources_(sources), blocks_(blocks), download_(path.string() + ".download"), limits_(limits), watch_(watch) {}
    ~Retriever() override {
        std::error_code unused;
        fs::remove(download_, unused);
    }

    void fetch_pieces() {
        std::set<Cid> done;
        for (const auto& source : sources_)
            for (const auto& piece : source.pieces)
                if (!is_over() && !done.contains(piece) && take_piece(source, piece)) done.insert(piece);
    }
    void fetch_by_root(const Cid& root) {
        for (const auto& source : sources_) {
            if (!source.pieces.empty() || is_over()) continue;
            if (walk_dag(blocks_, root, [](const Cid&, BytesView) { return Status{}; }, limits_.dag))
                return;  // all blocks are here
            take_car(source, "/ipfs/" + root.to_string() + "?format=car");
        }
    }

    Result<Bytes> get(const Cid& cid) override {
        STRATA_TRY(const bool here, blocks_.has(cid));
        return here ? blocks_.get(cid) : fetch_block(cid);
    }
    Result<bool> has(const Cid& cid) override { return blocks_.has(cid); }
    Result<Cid> put(Codec codec, BytesView data) override { return blocks_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return blocks_.put_block(cid, data); }

    RetrievedFile report;
    /// A failure of this machine, about which no source can do anything.
    std::optional<Error> own_failure;
    std::string complaints() const {
        std::string out;
        for (const auto& complaint : report.complaints) out += (out.empty() ? "" : "; ") + complaint;
        return out.empty() ? "no source was given" : out;
    }

  private:
    static constexpr std::size_t kMaxComplaints = 100;

    bool is_over() const { return watch_.stopped() || own_failure; }
    /// Passes on what this machine did.
    template <class T>
    Result<T> own(Result<T> done) {
        if (!done && !own_failure) own_failure = done.error();
        return done;
    }
    void complain(const FileSource& source, const std::string& what, const Error& error) {
        if (own_failure) return;
        if (report.complaints.size() < kMaxComplaints)
            report.complaints.push_back(source.url + what + ": " + error.message());
        if (is_bad_data(error)) banned_.insert(source.url);
    }
    bool take_piece(const FileSource& source, const Cid& piece) {
        const std::string what = "/piece/" + piece.to_string();
        if (limits_.parts.empty()) return take_car(source, what);
        const auto part = limits_.parts / piece.to_string();
        const auto done = part.string() + ".done";
        std::error_code unused;
        if (fs::exists(done, unused)) return true;
        if (banned_.contains(source.url)) return false;
        const bool went_on = fs::exists(part, unused);
        auto taken = go_on(source.url + what, part);
        if (went_on && is_spoilt(taken)) {
            // The earlier bytes may be the wrong ones: nothing of them is checked before the piece is complete.
            fs::remove(part, unused);
            taken = go_on(source.url + what, part);
        }
        if (taken) taken = own(write_file(done, {}));
        if (taken || is_spoilt(taken)) fs::remove(part, unused);
        if (!taken) complain(source, what, taken.error());
        return taken.has_value();
    }
    bool is_spoilt(const Status& taken) const { return !taken && !own_failure && is_bad_data(taken.error()); }
    /// Gets the rest of a piece into `part`, and takes the blocks of the piece when it is complete.
    Status go_on(const std::string& url, const fs::path& part) {
        constexpr unsigned kWhole = 200, kPartial = 206, kNothingLeft = 416;
        std::error_code unused;
        const auto have = fs::exists(part, unused) ? fs::file_size(part, unused) : 0;
        std::map<std::string, std::string> headers;
        if (have > 0) headers.emplace("Range", "bytes=" + std::to_string(have) + "-");
        bool is_whole = false;
        const auto see = [&](const http::Answer& head) -> Status {
            is_whole = head.status == kWhole;
            if (have == 0 || is_whole || continues(head, have)) return {};
            return fail(Errc::malformed, "the source sent a different part of the piece than it was asked for");
        };
        std::ofstream file;
        const auto write = [&](BytesView bytes) -> Status {
            STRATA_OK(count(bytes.size()));
            // A source that gives no parts sends the piece from its beginning. Without a byte there is nothing to keep.
            if (!file.is_open()) file.open(part, std::ios::binary | (is_whole ? std::ios::trunc : std::ios::app));
            file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
            return file ? Status{} : own(Status(file_error("write", part, errno)));
        };
        const http::ClientLimits limits{limits_.bytes, limits_.timeout};
        STRATA_TRY(const auto answer, http::get_stream(url, write, headers, limits, see));
        if (file.is_open()) file.close();
        if (!file) return own(Status(file_error("write", part, errno)));
        const bool was_complete = answer.status == kNothingLeft && have > 0;
        if (answer.status != kPartial && !was_complete) STRATA_OK(expect_ok(answer));
        if (!fs::exists(part, unused)) return fail(Errc::truncated, "the source sent an empty piece");
        return take_blocks(part);
    }
    /// Returns true if a partial answer begins after the first `have` bytes. Source: RFC 9110 §14.4.
    static bool continues(const http::Answer& head, std::uint64_t have) {
        const auto range = head.headers.find("content-range");
        return range != head.headers.end() && range->second.starts_with("bytes " + std::to_string(have) + "-");
    }
    Status count(std::size_t bytes) {
        report.downloaded += bytes;
        return watch_.at(std::to_string(report.downloaded) + " bytes came", 0);
    }
    bool take_car(const FileSource& source, const std::string& what) {
        if (banned_.contains(source.url)) return false;
        auto taken = download(source.url + what);
        if (taken) taken = take_blocks(download_);
        if (!taken) complain(source, what, taken.error());
        return taken.has_value();
    }

    // The CAR reader asks for bytes, and the HTTP client hands over bytes when they arrive, so a file is between
    // them.
    Status download(const std::string& url) {
        STRATA_TRY(auto file, own(FileWriter::create(download_)));
        const http::ClientLimits limits{limits_.bytes, limits_.timeout};
        STRATA_TRY(const auto answer, http::get_stream(
                                          url,
                                          [&](BytesView part) -> Status {
                                              STRATA_OK(count(part.size()));
                                              return own(file.write(part));
                                          },
                                          {}, limits));
        STRATA_OK(expect_ok(answer));
        return own(file.commit());
    }
    static Status expect_ok(const http::Answer& answer) {
        if (answer.status == 200) return {};
        auto text = std::string(as_text(answer.body)).substr(0, 200);
        while (text.ends_with('\n')) text.pop_back();
        return fail(Errc::not_found, "the source answered with status " + std::to_string(answer.status) + ": " + text);
    }
    Status take_blocks(const fs::path& car) {
        STRATA_TRY(const auto source, own(file_source(car)));
        // The client may have stored the piece together with the zeros that pad it.
        STRATA_OK(stream_car(
            source, [&](const Cid& cid, BytesView data) { return take_block(cid, data); }, CarEnd::at_empty_section));
        return {};
    }
    Status take_block(const Cid& cid, BytesView data) {
        STRATA_TRY(const bool right, cid.matches(data));
        if (!right)
            return fail(Errc::verification, "the source sent a block that does not match its CID " + cid.to_string());
        STRATA_TRY(const bool known, own(blocks_.has(cid)));
        if (known) return {};
        taken_bytes_ += data.size();
        if (taken_bytes_ > limits_.bytes)
            return fail(Errc::too_large,
                        "the sources sent more than " + std::to_string(limits_.bytes) + " bytes of blocks");
        ++report.blocks;
        return own(blocks_.put_block(cid, data));
    }

    Result<Bytes> fetch_block(const Cid& cid) {
        const std::string what = "/ipfs/" + cid.to_string() + "?format=raw";
        STRATA_OK(watch_.at("single blocks are fetched", 0));
        for (const auto& source : sources_) {
            if (banned_.contains(source.url)) continue;
            auto answer = http::get(source.url + what, {}, {kMaxBlock, limits_.timeout});
            if (answer) report.downloaded += answer->body.size();
            Status taken = answer ? expect_ok(*answer) : Status(answer.error());
            if (taken) taken = take_block(cid, answer->body);
            if (taken) {
                ++report.single;
                return std::move(answer->body);
            }
            if (own_failure) return *own_failure;
            complain(source, what, taken.error());
        }
        return fail(Errc::missing_block, "no source has the block " + cid.to_string() + ": " + complaints());
    }

    std::span<const FileSource> sources_;
    Blockstore& blocks_;
    fs::path download_;
    const RetrievalLimits& limits_;
    const Watch& watch_;
    std::set<std::string> banned_;
    std::uint64_t taken_bytes_ = 0;
};

}  // namespace

Result<RetrievedFile> retrieve_file(const Cid& root, std::span<const FileSource> sources, Blockstore& blocks,
                                    const fs::path& path, const RetrievalLimits& limits, const Watch& watch) {
    Retriever retriever(sources, blocks, path, limits, watch);
    // Large downloads come first, because they need the fewest requests. Then export_file() asks the retriever
    // for every block that is still missing, and the retriever fetches each alone.
    retriever.fetch_pieces();
    retriever.fetch_by_root(root);
    if (watch.stopped()) return fail(Errc::cancelled, "stopped");
    if (retriever.own_failure) return std::move(*retriever.own_failure);
    STRATA_TRY(auto file, FileWriter::create(path));
    STRATA_TRY(retriever.report.size,
               export_file(retriever, root, [&](BytesView part) { return file.write(part); }, limits.dag));
    STRATA_OK(file.commit());
    return std::move(retriever.report);
}

}  // namespace strata::retrieval
