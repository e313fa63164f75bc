#pragma once
// For tests and benchmarks: both sides of libp2p's perf protocol. Eight bytes say how many bytes the client wants; it
// sends its own and finishes, and then gets the ones it wanted. Source: libp2p/specs perf/perf.md.
#include <strata/net/stream.hpp>

namespace strata::net::testing {

inline constexpr std::string_view kPerf = "/perf/1.0.0";

/// Writes a number of zeros as fast as the stream takes them, and finishes.
class ZeroSender {
  public:
    void send(Stream& stream, std::uint64_t size) {
        left_ = size;
        go_on(stream);
    }
    void go_on(Stream& stream) {
        while (left_ > 0) {
            const auto taken = stream.write(BytesView(part_).first(std::min<std::size_t>(part_.size(), left_)));
            if (taken == 0) return;
            left_ -= taken;
        }
        stream.finish();
    }

  private:
    const Bytes part_ = Bytes(64 << 10);
    std::uint64_t left_ = 0;
};

class PerfServer final : public StreamHandler {
  public:
    void on_readable(Stream& stream) override {
        const Bytes bytes = stream.read();
        append(head_, BytesView(bytes).first(std::min(bytes.size(), 8 - head_.size())));
    }
    void on_finished(Stream& stream) override {
        on_readable(stream);
        is_asked_ = true;
        zeros_.send(stream, head_.size() < 8 ? 0 : load_be<std::uint64_t>(head_.data()));
    }
    void on_writable(Stream& stream) override {
        if (is_asked_) zeros_.go_on(stream);
    }

  private:
    Bytes head_;
    bool is_asked_ = false;
    ZeroSender zeros_;
};

struct PerfTimes {
    std::chrono::duration<double> up{};    // from the first byte sent to the first one that came
    std::chrono::duration<double> down{};  // from there to the last one
};

class PerfProbe final : public StreamHandler {
  public:
    using Clock = std::chrono::steady_clock;
    using Done = std::function<void(Result<PerfTimes>)>;
    PerfProbe(std::uint64_t up, std::uint64_t down, Done done) : up_(up), down_(down), done_(std::move(done)) {}

    void on_open(Stream& stream) override {
        Bytes wanted(8);
        store_be<std::uint64_t>(wanted.data(), down_);
        stream.write(wanted);
        begin_ = Clock::now();
        zeros_.send(stream, up_);
    }
    void on_writable(Stream& stream) override { zeros_.go_on(stream); }
    void on_readable(Stream& stream) override {
        if (got_ == 0) turn_ = Clock::now();
        got_ += stream.read().size();
    }
    void on_finished(Stream& stream) override {
        on_readable(stream);
        const auto end = Clock::now();
        if (got_ == down_)
            done_(PerfTimes{turn_ - begin_, end - turn_});
        else
            done_(fail(Errc::truncated,
                       std::to_string(got_) + " bytes came, expected the " + std::to_string(down_) + " asked for"));
    }
    void on_lost(const Error& why) override { done_(why); }

  private:
    const std::uint64_t up_, down_;
    Done done_;
    Clock::time_point begin_, turn_;
    std::uint64_t got_ = 0;
    ZeroSender zeros_;
};

}  // namespace strata::net::testing
