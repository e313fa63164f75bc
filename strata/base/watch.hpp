#pragma once
// Lets long work report its progress and be stopped.
#include <atomic>
#include <functional>
#include <string_view>

#include <strata/base/result.hpp>

namespace strata {

struct Watch {
    /// Called from the working thread with the present step ("layer 3 of 11") and the part of it that is done (0 to 1).
    std::function<void(std::string_view step, double done)> progress;
    /// The work ends with Errc::cancelled soon after this turns true; finished steps stay on disk.
    const std::atomic<bool>* stop = nullptr;

    bool stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
    /// Reports the step. Errors: cancelled if the work must stop.
    Status at(std::string_view step, double done) const {
        if (progress) progress(step, done);
        if (stopped()) return fail(Errc::cancelled, "stopped");
        return {};
    }
};

}  // namespace strata
