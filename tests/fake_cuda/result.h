// The driver's error codes that this one gives.
#pragma once

namespace fake_cuda {

enum class Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidImage = 200,
  InvalidContext = 201,
  InvalidHandle = 400,
  NotFound = 500,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchOutOfResources = 701,
  MisalignedAddress = 716,
  LaunchFailed = 719,
  NotSupported = 801,
};

/// "CUDA_ERROR_NOT_READY"; null for a number that is no error of the driver.
const char* name_of(Result result);
/// "device not ready"; null likewise.
const char* meaning_of(Result result);

}  // namespace fake_cuda
