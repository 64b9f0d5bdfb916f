Console.Error.WriteLine("flymq: the broker is being built");
return 1;
